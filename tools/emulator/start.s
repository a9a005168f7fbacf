# The emulated machine's first instructions. In the ROM: from real to protected mode. Then in memory: long mode, SSE, AVX and AVX-512, and on
# to kernel.c. Interrupts stay off, and everything runs in ring 0.

        .section .reset, "ax"
        .code16
rom:    cli
        lgdtl   %cs:(rom_gdt_register - rom)
        movl    %cr0, %eax
        orl     $1, %eax
        movl    %eax, %cr0
        ljmpl   $8, $0x3f800000
rom_gdt_register:
        .word   15
        .long   0xffff0000 + rom_gdt - rom
rom_gdt:
        .quad   0
        .quad   0x00cf9a000000ffff      # code, 32 bits
        .org    0xfff0
        jmp     rom
        .org    0x10000

        .section .start, "ax"
        .code32
        lgdt    %cs:gdt_register
        movb    $2, %al                 # all address lines
        outb    %al, $0x92
        movl    $24, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        # The first GiB where it is, in pages of 2 MiB; not the first page, so that null is nowhere.
        movl    $(level3 + 3), level4
        movl    $(level2 + 3), level3
        movl    $1, %ecx
1:      movl    %ecx, %eax
        shll    $21, %eax
        orl     $0x83, %eax
        movl    %eax, level2(, %ecx, 8)
        incl    %ecx
        cmpl    $512, %ecx
        jne     1b
        movl    $level4, %eax
        movl    %eax, %cr3
        movl    $0x40620, %eax          # CR4: PAE, OSFXSR, OSXMMEXCPT, OSXSAVE
        movl    %eax, %cr4
        movl    $0xc0000080, %ecx       # EFER: SCE, LME
        movl    $0x101, %eax
        xorl    %edx, %edx
        wrmsr
        movl    $0x80010023, %eax       # CR0: PG, WP, NE, MP, PE
        movl    %eax, %cr0
        ljmp    $8, $long_mode

        .code64
long_mode:
        movl    $16, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        xorl    %ecx, %ecx              # XCR0: x87, SSE, AVX, opmask, ZMM
        movl    $0xe7, %eax
        xorl    %edx, %edx
        xsetbv
        movl    $0xc0000081, %ecx       # STAR: segments of `syscall`
        xorl    %eax, %eax
        movl    $8, %edx
        wrmsr
        movl    $0xc0000082, %ecx       # LSTAR: where it goes
        movl    $system_call, %eax
        xorl    %edx, %edx
        wrmsr
        movl    $0xc0000084, %ecx       # FMASK: the direction flag
        movl    $0x400, %eax
        wrmsr
        movl    $stack_top, %esp
        call    kernel_main

# The caller's stack may have a red zone, so the kernel has its own.
system_call:
        movq    %rsp, caller_stack
        movl    $stack_top, %esp
        pushq   %rcx
        pushq   %r11
        pushq   %rdi
        pushq   %rsi
        pushq   %rdx
        pushq   %r10
        pushq   %r8
        pushq   %r9
        movq    %r10, %rcx
        pushq   %rax
        pushq   %rax
        call    kernel_call             # six arguments and on the stack the number
        addq    $16, %rsp
        popq    %r9
        popq    %r8
        popq    %r10
        popq    %rdx
        popq    %rsi
        popq    %rdi
        popq    %r11
        popq    %rcx
        movq    caller_stack, %rsp
        pushq   %r11
        popfq
        jmp     *%rcx

# enter(entry, stack): begin the program.
        .globl  enter
enter:  movq    %rsi, %rsp
        xorl    %edx, %edx
        jmp     *%rdi

# Exceptions: the number and what the processor pushed, 16 bytes a piece.
        .balign 16
        .globl  exceptions
exceptions:
        vector = 0
        .rept   32
        .balign 16
        movq    %rsp, %rsi
        movl    $vector, %edi
        jmp     fault
        vector = vector + 1
        .endr
fault:  movl    $stack_top, %esp
        call    kernel_fault

        .globl  stop
stop:   movw    $0x8900, %dx
        movl    $shutdown, %esi
        movl    $8, %ecx
        rep outsb
1:      cli
        hlt
        jmp     1b

        .section .rodata
shutdown:
        .ascii  "Shutdown"
gdt:    .quad   0
        .quad   0x00af9a000000ffff      # code, 64 bits
        .quad   0x00cf92000000ffff      # data
        .quad   0x00cf92000000ffff
gdt_register:
        .word   31
        .long   gdt

        .bss
        .balign 4096
level4: .skip   4096
level3: .skip   4096
level2: .skip   4096
caller_stack:
        .skip   8
        .balign 16
        .skip   65536
stack_top:
        .section .note.GNU-stack, "", @progbits
