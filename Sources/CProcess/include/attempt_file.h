// The control file of one attempt: what the worker pool asks of the supervisor, and what the supervisor
// records. One file of fixed layout, written once by the pool and then overwritten in place, so that no
// record ever needs new blocks on a full disk.
//
//   offset    0  struct attempt_header    by the pool, before anything is spawned
//   offset  256  struct attempt_started   by the supervised process itself, immediately before exec
//   offset  384  struct attempt_exit      by the supervisor, as its last act
//   offset  512  struct attempt_spec, then its strings, each ended by NUL, in this order:
//                working directory, log path, directories, arguments, environment entries ("NAME=value")
//
// Numbers are little-endian. Each record ends with the CRC-32 (IEEE 802.3, reflected) of the bytes before
// the checksum field; a record whose magic is zero was not written.
//
// The supervisor holds a POSIX write lock on the whole file for all its life. The kernel tells who holds it
// (F_GETLK), so a record without an end and without a holder means that the supervisor was killed, and a
// reused process number can never be taken for the supervisor.
#ifndef ATTEMPT_FILE_H
#define ATTEMPT_FILE_H

#include <stddef.h>
#include <stdint.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "The control file is little-endian"
#endif

enum {
    ATTEMPT_FILE_VERSION = 1,
    ATTEMPT_STARTED_OFFSET = 256,
    ATTEMPT_EXIT_OFFSET = 384,
    ATTEMPT_SPEC_OFFSET = 512,
    // Twice what Linux accepts at most as arguments and environment with the usual stack limit.
    ATTEMPT_SPEC_MAX = 16 * 1024 * 1024,
    ATTEMPT_ID_SIZE = 64,
    ATTEMPT_BOOT_ID_SIZE = 40,
};

static const uint64_t ATTEMPT_HEADER_MAGIC = 0x315454414843524FULL;   // "ORCHATT1"
// A header that was taken back: a supervisor that is still on its way must not start.
static const uint64_t ATTEMPT_REVOKED_MAGIC = 0x305454414843524FULL;  // "ORCHATT0"
static const uint32_t ATTEMPT_STARTED_MAGIC = 0x54525453U;            // "STRT"
static const uint32_t ATTEMPT_EXIT_MAGIC = 0x54495845U;               // "EXIT"

struct attempt_header {
    uint64_t magic;
    uint32_t version;
    uint32_t spec_length;  // bytes of the spec structure and its strings
    uint32_t spec_crc;
    uint32_t reserved;
    char attempt_id[ATTEMPT_ID_SIZE];       // padded with NUL, at least one NUL
    char boot_id[ATTEMPT_BOOT_ID_SIZE];     // of the machine the pool runs on; empty: unknown
    uint32_t reserved2;
    uint32_t crc;
};

struct attempt_started {
    uint32_t magic;
    int32_t supervisor_pid;
    uint64_t supervisor_start_ticks;  // field 22 of /proc/PID/stat
    char boot_id[ATTEMPT_BOOT_ID_SIZE];
    int32_t child_pid;
    uint32_t reserved;
    int64_t realtime_us;
    int64_t boottime_us;
    uint32_t reserved2;
    uint32_t crc;
};

enum attempt_exit_kind {
    ATTEMPT_EXITED = 1,       // code: 0...255
    ATTEMPT_SIGNALLED = 2,    // code: the signal
    ATTEMPT_TIMED_OUT = 3,    // code: unused
    ATTEMPT_TERMINATED = 4,   // code: unused
    ATTEMPT_NOT_STARTED = 5,  // code: errno, step and step_index: what failed
};

enum attempt_step {
    ATTEMPT_STEP_NONE = 0,
    ATTEMPT_STEP_DIRECTORY = 1,    // creating directory number step_index
    ATTEMPT_STEP_WORKING_DIRECTORY = 2,
    ATTEMPT_STEP_EXEC = 3,         // the program
    ATTEMPT_STEP_INTERPRETER = 4,  // the program is there, what should run it is not
    ATTEMPT_STEP_PROCESS = 5,      // pipe, process or record could not be made
};

struct attempt_exit {
    uint32_t magic;
    uint32_t kind;
    int32_t code;
    uint32_t core_dumped;
    uint32_t step;
    uint32_t step_index;
    int64_t started_us;  // wall clock; 0: never started
    int64_t ended_us;
    int64_t user_us;     // of the whole process tree, as far as it was waited for
    int64_t system_us;
    int64_t peak_memory_bytes;  // of the largest process
    uint64_t log_bytes;         // output kept in the log
    uint64_t dropped_bytes;     // output that is not in the log
    uint32_t leftovers_ended;
    uint32_t leftovers_alive;   // could not be ended (another user's, or stuck in the kernel)
    uint32_t reserved;
    uint32_t crc;
};

enum {
    ATTEMPT_FLAG_KEEP_LEFTOVERS = 1,
};

struct attempt_spec {
    uint32_t flags;
    uint32_t directory_count;
    uint32_t argument_count;
    uint32_t environment_count;
    int64_t timeout_us;  // 0: none
    int64_t grace_us;
    uint64_t log_limit;         // bytes kept from the beginning of the output
    uint64_t open_files_limit;  // soft RLIMIT_NOFILE of the task; 0: as inherited
};

_Static_assert(sizeof(struct attempt_header) == 136, "layout");
_Static_assert(sizeof(struct attempt_started) == 88, "layout");
_Static_assert(sizeof(struct attempt_exit) == 96, "layout");
_Static_assert(sizeof(struct attempt_spec) == 48, "layout");

// Exit codes of the supervisor itself, for people who look; the records say the same.
enum {
    SUPERVISOR_DONE = 0,
    SUPERVISOR_REFUSED_LOCKED = 120,
    SUPERVISOR_REFUSED_STARTED = 121,
    SUPERVISOR_REFUSED_DAMAGED = 122,
};

// CRC-32 (IEEE 802.3, reflected polynomial 0xEDB88320), four bits at a time.
static inline uint32_t attempt_crc32(const void *_Nonnull bytes, size_t length) {
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    const unsigned char *next = bytes;
    uint32_t crc = ~0U;
    for (size_t i = 0; i < length; i++) {
        crc ^= next[i];
        crc = table[crc & 15] ^ (crc >> 4);
        crc = table[crc & 15] ^ (crc >> 4);
    }
    return ~crc;
}

#endif
