"""A strict reader of Prometheus text (exposition format 0.0.4): HELP and TYPE once and first, no sample without them."""
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"({NAME})(\{{(.*)\}})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')


def parse(text):
    """Return {name: (type, help, {labels: value})}; labels are a tuple of pairs."""
    assert text.endswith("\n"), "the last line has no end"
    metrics, current = {}, None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            _, _, name, told = line.split(" ", 3)
            assert re.fullmatch(NAME, name) and name not in metrics and told, line
            metrics[name] = [None, told, {}]
            current = name
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == current and metrics[name][0] is None and kind in ("counter", "gauge"), line
            assert (kind == "counter") == name.endswith("_total"), f"{line}: counters, and only they, end in _total"
            metrics[name][0] = kind
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            name, labels, value = match[1], match[3] or "", float(match[4])
            assert name == current and metrics[name][0], f"{line}: a sample without its own HELP and TYPE"
            pairs = tuple(LABEL.findall(labels))
            assert ",".join(f'{key}="{text}"' for key, text in pairs) == labels, line
            assert pairs not in metrics[name][2], f"{line}: twice"
            assert value >= 0, line
            metrics[name][2][pairs] = value
    assert all(samples for _, _, samples in metrics.values())
    families = {name.removesuffix("_total") for name in metrics}
    assert len(families) == len(metrics), "OpenMetrics knows a counter by its name without _total"
    return {name: tuple(metric) for name, metric in metrics.items()}
