// Where the kernel's image begins, and what of it cannot be C++.
  .section .text.first
  .globl _start
_start:
  movq $kernel_stack_end, %rsp
  cld
  movl $bss_begin, %edi
  movl $bss_end, %ecx
  subl %edi, %ecx
  xorl %eax, %eax
  rep stosb
  call KernelMain
1:
  hlt
  jmp 1b

  .text
// Run a program that has its arguments on the stack.
  .globl EnterProgram
EnterProgram:  // (entry, stack)
  movq %rsi, %rsp
  xorl %edx, %edx
  xorl %ebp, %ebp
  jmp *%rdi

// A system call comes here by the SYSCALL instruction: number and arguments are where Linux has them. Programs run at the
// kernel's privilege, so that a jump leads back to them.
  .globl SystemCallEntry
SystemCallEntry:
  movq %rsp, program_stack
  movq $kernel_stack_end, %rsp
  pushq %rcx
  pushq %r11
  pushq %rdi
  pushq %rsi
  pushq %rdx
  pushq %r8
  pushq %r9
  pushq %r10
  movq %r10, %rcx
  subq $8, %rsp
  pushq %rax
  // (rdi, rsi, rdx, r10 -> rcx, r8, r9, number on the stack)
  call SystemCall
  addq $16, %rsp
  popq %r10
  popq %r9
  popq %r8
  popq %rdx
  popq %rsi
  popq %rdi
  popq %r11
  popq %rcx
  movq program_stack, %rsp
  jmp *%rcx

// Faults: number, error code (0 where there is none), address of the instruction.
  .altmacro
  .macro fault number
fault_\number:
  .if (\number == 8) || ((\number >= 10) && (\number <= 14)) || (\number == 17)
  popq %rsi
  .else
  xorl %esi, %esi
  .endif
  movl $\number, %edi
  movq (%rsp), %rdx
  movq %cr2, %rcx
  movq $kernel_stack_end, %rsp
  call Fault
  .endm
  .set i, 0
  .rept 32
  fault %i
  .set i, i + 1
  .endr

  .macro address number
  .quad fault_\number
  .endm
  .section .rodata
  .globl fault_addresses
fault_addresses:
  .set i, 0
  .rept 32
  address %i
  .set i, i + 1
  .endr

  .bss
  .balign 16
program_stack:
  .quad 0, 0
kernel_stack:
  .skip 65536
kernel_stack_end:
  .section .note.GNU-stack,"",@progbits
