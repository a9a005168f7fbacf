/* A program that is linked statically for Linux in, from the disk; its output and its exit status out, on port 0xE9. Knows the few system
   calls that a Rust test makes on one thread, and fails the others with ENOSYS. Memory is never given back, random numbers are the same each
   time, and there are no files. */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

/* Below all this the program, at the addresses that it was linked for; the kernel above. */
enum { STACK = 0xff00000, FILE = 0x10000000, HEAP = 0x20000000, MAPS = 0x28000000, END = 0x3f000000 };
enum { ENOENT = 2, EAGAIN = 11, ENOMEM = 12, ENOTTY = 25, ENOSYS = 38 };

extern u8 exceptions[];
extern void enter(u64 entry, u64 *stack) __attribute__((noreturn));
extern void stop(void) __attribute__((noreturn));

static u64 heap = HEAP, maps = MAPS, state = 88172645463325252, slept;

static void out(u16 port, u8 byte) {
    __asm__ volatile("outb %0, %1" : : "a"(byte), "d"(port));
}

static u8 in(u16 port) {
    u8 byte;
    __asm__ volatile("inb %1, %0" : "=a"(byte) : "d"(port));
    return byte;
}

static u64 write(const u8 *bytes, u64 count) {
    for (u64 i = 0; i < count; i++) out(0xe9, bytes[i]);
    return count;
}

static u64 write_all(const u64 *pieces, u64 count) {
    u64 written = 0;
    for (u64 i = 0; i < count; i++) written += write((const u8 *)pieces[2 * i], pieces[2 * i + 1]);
    return written;
}

static void report(const char *what, u64 number) {
    write((const u8 *)"\n[machine] ", 11);
    while (*what) out(0xe9, *what++);
    for (int shift = 60; shift >= 0; shift -= 4) out(0xe9, "0123456789abcdef"[number >> shift & 15]);
    out(0xe9, '\n');
}

/* Sectors of the first ATA disk, without DMA or interrupts. */
static void read_disk(u8 *to, u32 sector, u64 count) {
    for (; count; count--, sector++) {
        const u8 registers[] = { 1, sector, sector >> 8, sector >> 16, 0xe0 | sector >> 24, 0x20 };
        for (u16 i = 0; i < sizeof registers; i++) out(0x1f2 + i, registers[i]);
        while ((in(0x1f7) & 0x88) != 8) {}
        u64 words = 256;
        __asm__ volatile("rep insw" : "+D"(to), "+c"(words) : "d"((u16)0x1f0) : "memory");
    }
}

static u64 set_heap(u64 end) {
    if (end >= HEAP && end < MAPS) heap = end;
    return heap;
}

/* Memory is zero when the machine starts, and no page is given twice. */
static u64 map(u64 address, u64 length, u64 flags) {
    u64 start = maps, size = (length + 4095) & ~4095ul;
    if (flags & 0x10) return address;
    if (!(flags & 0x20) || size > END - start) return -ENOMEM;
    maps = start + size;
    return start;
}

/* G. Marsaglia, "Xorshift RNGs" (2003). */
static u64 fill(u8 *bytes, u64 count) {
    for (u64 i = 0; i < count; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        bytes[i] = state >> 24;
    }
    return count;
}

static u64 set_thread(u64 code, u64 address) {
    if (code != 0x1002) return -ENOSYS;
    __asm__ volatile("wrmsr" : : "c"(0xc0000100), "a"((u32)address), "d"((u32)(address >> 32)));
    return 0;
}

static u64 tell_time(u64 *time) {
    u32 low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    u64 ticks = ((u64)high << 32 | low) + slept;
    time[0] = ticks / 1000000000, time[1] = ticks % 1000000000;
    return 0;
}

/* Nobody is woken by it: the clock goes on at once. */
static u64 sleep(const u64 *time) {
    slept += time[0] * 1000000000 + time[1];
    return 0;
}

u64 kernel_call(u64 a, u64 b, u64 c, u64 d, u64 e, u64 f, u64 number) {
    (void)e, (void)f;
    switch (number) {
    case 1: return write((const u8 *)b, c);
    case 9: return map(a, b, d);
    case 12: return set_heap(a);
    case 20: return write_all((const u64 *)b, c);
    case 158: return set_thread(a, b);
    case 228: return tell_time((u64 *)b);
    case 230: return sleep((const u64 *)c);
    case 318: return fill((u8 *)a, b);
    case 60: case 231: /* exit, exit_group */
        report("exit ", a);
        stop();
    case 56: case 435: return -EAGAIN; /* clone, clone3: a test runner that gets no thread runs the test itself */
    case 2: case 89: case 257: case 262: case 267: return -ENOENT; /* open, readlink, openat, newfstatat, readlinkat */
    case 16: return -ENOTTY; /* ioctl */
    case 39: case 186: case 218: return 1; /* getpid, gettid, set_tid_address */
    case 0: case 3: case 7: case 10: case 11: case 13: case 14: /* read, close, poll, mprotect, munmap, signals */
    case 24: case 28: case 72: case 131: case 202: case 273: /* yield, madvise, fcntl, stack, futex, list */
        return 0;
    case 25: case 204: case 302: case 334: return -ENOSYS; /* mremap, affinity, prlimit, rseq: glibc does without */
    default:
        report("unknown system call ", number);
        return -ENOSYS;
    }
}

void kernel_fault(u64 vector, const u64 *pushed) {
    report("exception ", vector);
    for (int i = 0; i < 4; i++) report("pushed ", pushed[i]);
    report("exit ", 255);
    stop();
}

static void set_exceptions(void) {
    static struct { u16 low, segment, type, middle; u32 high, zero; } gates[32];
    for (u32 i = 0; i < 32; i++) {
        u64 handler = (u64)exceptions + 16 * i;
        gates[i].low = handler, gates[i].segment = 8, gates[i].type = 0x8e00, gates[i].middle = handler >> 16;
    }
    struct { u16 limit; u64 base; } __attribute__((packed)) table = { sizeof gates - 1, (u64)gates };
    __asm__ volatile("lidt %0" : : "m"(table));
}

struct Elf { u8 magic[16]; u16 type, machine; u32 version; u64 entry, headers, sections; u32 flags; u16 size, header_size, count; };
struct Header { u32 type, flags; u64 offset, address, physical, size, memory, alignment; };

static void load(const struct Header *header) {
    u8 *to = (u8 *)header->address;
    const u8 *from = (const u8 *)FILE + header->offset;
    u64 size = header->size;
    /* One instruction, which the emulator is fast at: the tests have 40 MB of vectors. */
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

/* Leaf 7 of CPUID has AVX-512 IFMA in EBX, bit 21. Without it the tests would pass and prove nothing. */
static void look_for_ifma(void) {
    u32 a = 7, b, c = 0, d;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if (b >> 21 & 1) return;
    report("no AVX-512 IFMA in ", b);
    report("exit ", 255);
    stop();
}

/* The disk: how many sectors there are and the arguments, in one sector; then the program. The stack is that of the System V ABI for AMD64,
   section 3.4.1. */
void kernel_main(void) {
    static u8 first[513];
    set_exceptions();
    look_for_ifma();
    read_disk(first, 0, 1);
    read_disk((u8 *)FILE, 1, *(const u32 *)first - 1);
    const struct Elf *elf = (const struct Elf *)FILE;
    const struct Header *headers = (const struct Header *)(FILE + elf->headers);
    for (int i = 0; i < elf->count; i++)
        if (headers[i].type == 1) load(&headers[i]);

    u64 *stack = (u64 *)STACK, count = 0, seed = STACK + 0x8000;
    for (const u8 *text = first + 4; *text; text++) {
        stack[1 + count++] = (u64)text;
        while (*text) text++;
    }
    stack[0] = count;
    fill((u8 *)seed, 16);
    /* With the ADX instructions of Bochs 2.7 the library computes wrong: it is told to do without. Then the environment, and AT_PHDR,
       AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_ENTRY, AT_RANDOM. */
    static const char without_adx[] = "OPENSSL_ia32cap=:~0x80000";
    const u64 rest[] = { 0, (u64)without_adx, 0, 3, (u64)headers, 4, elf->header_size, 5, elf->count, 6, 4096, 9, elf->entry, 25, seed, 0, 0 };
    for (u64 i = 0; i < sizeof rest / 8; i++) stack[1 + count + i] = rest[i];
    report("begin ", 0);
    enter(elf->entry, stack);
}
