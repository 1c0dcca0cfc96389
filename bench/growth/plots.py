"""The plots of bench/growth, each as SVG and PNG: `python plots.py FIGURES.json FOLDER` draws them again.

Points are medians, whiskers reach from the least to the greatest run, bands and lines are the bars to reach.
"""

import json
import statistics
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot, ticker
from series import FLAT, GB, JOBS, START_BAR, flatness

# Okabe and Ito's colours, which are told apart with any colour vision.
BLUE, ORANGE, GREY, INK = "#0072B2", "#D55E00", "#8A8A8A", "#222222"
COLOURS = {"scan": BLUE, "parquet": ORANGE}
STYLE = {
    "font.family": "DejaVu Sans", "font.size": 10.5, "axes.titlesize": 11, "axes.titlelocation": "left",
    "axes.labelcolor": INK, "axes.edgecolor": GREY, "axes.linewidth": 0.8, "axes.spines.top": False,
    "axes.spines.right": False, "axes.axisbelow": True, "xtick.color": INK, "ytick.color": INK, "text.color": INK,
    "xtick.major.size": 3.5, "ytick.major.size": 0, "grid.color": "#E4E4E4", "grid.linewidth": 0.8,
    "legend.framealpha": 1, "legend.edgecolor": "white", "figure.facecolor": "white", "axes.facecolor": "white",
    "savefig.dpi": 160, "svg.hashsalt": "headrace", "lines.solid_capstyle": "butt",
}
PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 2}  # behind words that stand on lines
WHISKER = {"capsize": 3.5, "elinewidth": 1.3, "capthick": 1.3, "linestyle": "none", "marker": "o", "markersize": 6.5}


def whiskers(axes, places, spreads, colour, **more):
    """Medians with the reach from least to greatest."""
    medians = [s["median"] for s in spreads]
    reach = [[s["median"] - s["min"] for s in spreads], [s["max"] - s["median"] for s in spreads]]
    axes.errorbar(places, medians, yerr=reach, color=colour, **{**WHISKER, **more})


def new_figure(panels, width=9.6, height=4.6, **more):
    figure, axes = pyplot.subplots(1, panels, figsize=(width if panels > 1 else 6.8, height), squeeze=False, **more)
    for each in axes[0]:
        each.grid(axis="y")
    return figure, axes[0]


def finish(figure, title, about, figures, *notes, runs=True):
    """Title and, under it, what one must know to read the plot; at the foot, where the figures come from."""
    height = figure.get_figheight()
    figure.text(0.012, 1 - 0.14 / height, title, fontsize=14, fontweight="bold", va="top")
    figure.text(0.012, 1 - 0.46 / height, about, va="top", color="#555555")
    taken = f"Medians of {figures['runs']} runs in turns; whiskers reach from the least to the greatest."
    source = (f"{figures['cpu']}, {figures['cpus']} CPUs, {figures['threads']} workers unless said · {figures['date']} · "
              f"commit {figures['commit']}")
    foot = [*notes, *([taken] if runs else []), source]
    figure.text(0.012, 0.08 / height, "\n".join(foot), va="bottom", fontsize=7.5, color="#777777", linespacing=1.5)
    figure.tight_layout(rect=(0, (0.14 + 0.15 * len(foot)) / height, 1, 1 - 0.72 / height), w_pad=2.5)


def band(axes, title, spreads):
    """The panel's title, and the bar of flatness: a band about the median of the medians, and whether all lie in it."""
    middle, farthest = flatness(spreads)
    axes.axhspan(middle * (1 - FLAT), middle * (1 + FLAT), color="#DDE9F1", zorder=0, linewidth=0)
    axes.axhline(middle, color=GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    least, greatest = min(s["min"] for s in spreads), max(s["max"] for s in spreads)
    axes.set_ylim(min(0, least * 1.1), max(greatest, middle * (1 + FLAT)) * 1.1)
    says = "met" if farthest <= FLAT else "NOT met"
    axes.set_title(title[0].upper() + title[1:], pad=20)
    axes.text(0, 1.025, f"band: the median, {middle:.3g} s/GB, ±{FLAT:.0%}: {says}, at most {farthest:.0%} off",
              in_layout=False, transform=axes.transAxes, va="bottom", fontsize=8.5, color="#555555")


def plain(value, _=None):
    return f"{value:g}" if value < 1000 else f"{value:,.0f}"


def log_axis(axis, ticks, label, base):
    axis.set_xscale("log", base=base)
    axis.set_xticks(ticks)
    axis.xaxis.set_major_formatter(ticker.FuncFormatter(plain))
    axis.xaxis.set_minor_locator(ticker.NullLocator())
    axis.set_xlabel(label)


def draw_bytes(part, figures):
    figure, panels = new_figure(len(part["jobs"]))
    for axes, (job, taken) in zip(panels, part["jobs"].items()):
        steps, colour = taken["marginal"], COLOURS[job]
        sizes = [point["bytes"] / GB for point in taken["points"]]
        middles = [(s["from"] * s["to"]) ** 0.5 / GB for s in steps]
        for step, middle in zip(steps, middles):
            ends = [step["from"] / GB, step["to"] / GB]
            axes.plot(ends, [step["median"]] * 2, color=colour, linewidth=2.5, alpha=0.45)
        band(axes, JOBS[job], steps)
        whiskers(axes, middles, steps, colour)
        log_axis(axes, [float(f"{size:.2g}") for size in sizes], "text, GB", 2)
    panels[0].set_ylabel("seconds for each further GB")
    about = ("Milan grid, files in the page cache; each bar spans from one size to the next, and stands at the marginal "
             "cost between them")
    finish(figure, "What each further gigabyte costs", about, figures,
           f"Up to {part['distinct_bytes'] / GB:g} GB of different text; larger sizes read the same files again under "
           f"other names.")
    return figure


def draw_columns(part, figures):
    figure, panels = new_figure(len(part["kinds"]))
    for axes, (kind, taken) in zip(panels, part["kinds"].items()):
        steps = taken["marginal"]
        columns = [step["columns"] for step in steps]
        band(axes, f"All columns {kind}", steps)
        whiskers(axes, columns, steps, BLUE)
        log_axis(axes, columns, "columns", 10)
    panels[0].set_ylabel("seconds for each further GB")
    sizes = [point["bytes"] / GB for point in next(iter(part["kinds"].values()))["points"][:2]]
    about = f"scan, from {sizes[0]:.2g} to {sizes[1]:.2g} GB in the page cache; all fields of a panel are of the same kind"
    finish(figure, "What a further gigabyte costs in few and in many columns", about, figures)
    return figure


def draw_workers(part, figures):
    figure, (axes,) = new_figure(1)
    cpus = figures["cpus"]
    workers = [point["workers"] for point in next(iter(part["jobs"].values()))["points"]]
    places = range(len(workers))
    ideal = [min(n, max(cpus, workers[0])) / workers[0] for n in workers]
    axes.plot(places, ideal, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(f"as many times as there\nare workers, up to {cpus} CPUs", (places[-1], ideal[-1]), (0, 6),
                  textcoords="offset points", ha="right", va="bottom", fontsize=9, color="#555555")
    crowded = [place for place, n in zip(places, workers) if n > cpus]
    if crowded:
        axes.axvspan(crowded[0] - 0.5, places[-1] + 0.5, color="#F3F3F3", zorder=0, linewidth=0)
        axes.text(crowded[0] - 0.42, 0.03, "more workers than CPUs", transform=axes.get_xaxis_transform(), fontsize=9,
                  color="#555555")
    for shift, (job, taken) in zip((-0.12, 0.12), part["jobs"].items()):
        whiskers(axes, [place + shift for place in places], taken["times"], COLOURS[job], label=JOBS[job])
        for place, times in list(zip(places, taken["times"]))[1:]:
            axes.annotate(f"{times['median']:.2f}", (place + shift, times["min"]), (0, -6), textcoords="offset points",
                          ha="center", va="top", fontsize=9, color=COLOURS[job])
    axes.legend(loc="upper left")
    axes.set_xlim(-0.5, places[-1] + 0.5)
    axes.set_ylim(0, max(*ideal, *(t["max"] for taken in part["jobs"].values() for t in taken["times"])) * 1.35)
    axes.set_xticks(list(places), [str(n) for n in workers])
    axes.set_xlabel("workers")
    axes.set_ylabel(f"times as fast as with {workers[0]}")
    finish(figure, "What more workers bring", f"Milan grid, {part['bytes'] / GB:.2g} GB in the page cache", figures,
           "No verdict: the bar is a share of the ceiling's own scaling, and the ceiling needs AVX-512.")
    return figure


def draw_start(part, figures):
    figure, (axes,) = new_figure(1, height=3.4)
    points = part["points"]
    for place, point in enumerate(reversed(points)):
        times = sorted(second * 1e3 for second in point["seconds"])
        # Runs lie beside each other, in a pattern that keeps near ones apart.
        shifts = [(number * 5 % 7 - 3) * 0.045 for number in range(len(times))]
        places = [place + shift for shift in shifts]
        axes.scatter(times, places, s=26, color=COLOURS[point["job"]], alpha=0.55, linewidth=0)
        middle = statistics.median(times)
        axes.plot([middle] * 2, [place - 0.27, place + 0.27], color=INK, linewidth=2)
        axes.text(middle, place + 0.31, f"median {middle:.1f} ms", ha="center", va="bottom", fontsize=9, bbox=PAPER)
    bar = START_BAR * 1e3
    axes.axvline(bar, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.text(bar, 1.0, f"bar: {bar:.0f} ms ", transform=axes.get_xaxis_transform(), ha="right", va="top", fontsize=9,
              color="#555555")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x")
    axes.set_xlim(0, max(bar * 1.1, *(second * 1.05e3 for point in points for second in point["seconds"])))
    axes.set_ylim(-0.5, len(points) - 0.2)
    axes.set_yticks(range(len(points)), [JOBS[point["job"]].replace("zstd ", "zstd\n") for point in reversed(points)])
    axes.set_xlabel("milliseconds of the whole process")
    about = f"{len(points[0]['seconds'])} runs of each; a dot is a run"
    finish(figure, "What a job of one record takes", about, figures, runs=False)
    return figure


def draw_cold(part, figures):
    figure, (axes,) = new_figure(1, height=3.2)
    points = part["points"]
    for place, (point, colour) in enumerate(zip(reversed(points), (BLUE, GREY))):
        speeds = [point["bytes"] / second / GB for second in point["seconds"]]
        middle = statistics.median(speeds)
        axes.errorbar([middle], [place], xerr=[[middle - min(speeds)], [max(speeds) - middle]], color=colour, **WHISKER)
        axes.text(middle, place + 0.16, f"{middle:.2f} GB/s", ha="center", va="bottom", fontsize=9, bbox=PAPER)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x")
    axes.set_xlim(0, 1.15 * max(point["bytes"] / min(point["seconds"]) / GB for point in points))
    axes.set_ylim(-0.5, len(points) - 0.4)
    axes.set_yticks(range(len(points)), [point["name"] for point in reversed(points)])
    axes.set_xlabel("GB/s")
    finish(figure, "What a disk leaves of it", f"Milan grid, {points[0]['bytes'] / GB:.3g} GB on a disk, cold", figures,
           "Files are taken out of the page cache before each run by posix_fadvise(DONTNEED); a host may still have them.")
    return figure


DRAW = {"bytes": draw_bytes, "columns": draw_columns, "workers": draw_workers, "start": draw_start, "cold": draw_cold}


def draw(figures, folder):
    """Draw the series that the figures have; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, part in figures["series"].items():
        with pyplot.rc_context(STYLE):
            figure = DRAW[name](part, figures)
            for form, more in (("svg", {"metadata": {"Date": None}}), ("png", {})):
                written.append(folder / f"growth-{name}.{form}")
                figure.savefig(written[-1], **more)
            pyplot.close(figure)
    return written


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
