import Glibc

/// A program that this one starts in its own place and ends as.
enum ChildProcess {
    /// Runs a program with this one's environment, folder and descriptors, and waits for its end.
    ///
    /// A signal that ends the program ends this process the same way, so that whoever watches sees what happened. TERM
    /// comes to both; this process leaves it to the program, which may want its time of grace.
    static func run(_ arguments: [String]) throws(CommandFailure) -> Int32 {
        let program = arguments[0]
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // What is ignored here must not be ignored there.
        var ended = none
        sigaddset(&ended, SIGTERM)
        posix_spawnattr_setsigdefault(&attributes, &ended)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        Glibc.signal(SIGTERM, SIG_IGN)
        defer { Glibc.signal(SIGTERM, SIG_DFL) }
        var process: pid_t = 0
        let texts = arguments.map { strdup($0) }
        defer { for text in texts { free(text) } }
        let result = posix_spawnp(&process, program, nil, &attributes, texts + [nil], environ)
        if result != 0 {
            // As a shell says it, and as the supervisor does for a task without checks.
            try? Terminal(descriptor: STDERR_FILENO, wantsColour: false, environment: [:])
                .write("cannot start \(program): \(systemErrorText(result))\n")
            return result == ENOENT ? 127 : 126
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            if errno != EINTR { throw .inputOutput("cannot wait for \(program)", errno) }
        }
        let signal = status & 0x7F
        guard signal != 0 else { return (status >> 8) & 0xFF }
        dieOf(signal)
        return 128 + signal
    }

    private static func dieOf(_ signal: Int32) {
        // One core is enough.
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        Glibc.signal(signal, SIG_DFL)
        kill(getpid(), signal)
    }
}
