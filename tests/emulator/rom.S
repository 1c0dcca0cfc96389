// The first instructions of the emulated machine, in place of a BIOS: from the reset vector to 64-bit mode, and on to the
// kernel (kernel.cc), which the emulator has put at 1 MiB. 64 KiB that end where memory does.
  .code16
  .section .text
  .globl _start
_start:
  cli
  lgdtl %cs:(gdt_pointer - _start)
  movl %cr0, %eax
  orl $1, %eax
  movl %eax, %cr0
  ljmpl $0x18, $protected

  .code32
protected:
  movw $0x10, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  // One table each of levels 4 and 3, and one of level 2 with pages of 2 MiB: the first GiB, where it is.
  movl $0x2003, 0x1000
  movl $0, 0x1004
  movl $0x3003, 0x2000
  movl $0, 0x2004
  xorl %ecx, %ecx
1:
  movl %ecx, %eax
  shll $21, %eax
  orl $0x83, %eax
  movl %eax, 0x3000(,%ecx,8)
  movl $0, 0x3004(,%ecx,8)
  incl %ecx
  cmpl $512, %ecx
  jne 1b
  movl $0x4003, 0x2018  // and the last 2 MiB of four GiB: this code, until it has jumped
  movl $0, 0x201C
  movl $0xFFE00083, 0x4FF8
  movl $0, 0x4FFC
  movl %cr4, %eax
  orl $0x40620, %eax  // PAE, SSE and its exceptions, XSAVE
  movl %eax, %cr4
  movl $0x1000, %eax
  movl %eax, %cr3
  movl $0xC0000080, %ecx  // EFER: 64-bit mode, SYSCALL
  rdmsr
  orl $0x101, %eax
  wrmsr
  movl %cr0, %eax
  andl $~0x6000000C, %eax  // caches on; no emulation of the FPU
  orl $0x80000002, %eax
  movl %eax, %cr0
  ljmpl $0x08, $long_mode

  .code64
long_mode:
  // XCR0: x87, SSE, AVX, and the three parts of AVX-512.
  xorl %ecx, %ecx
  movl $0xE7, %eax
  xorl %edx, %edx
  xsetbv
  movl $0x100000, %eax
  jmp *%rax

  .balign 8
gdt:
  .quad 0
  .quad 0x00AF9A000000FFFF  // 0x08: code, 64 bits
  .quad 0x00CF92000000FFFF  // 0x10: data
  .quad 0x00CF9A000000FFFF  // 0x18: code, 32 bits
gdt_pointer:
  .word 31
  .long gdt

  .org 0xFFF0
  .code16
reset:
  jmp _start
  .org 0x10000, 0
  .section .note.GNU-stack,"",@progbits
