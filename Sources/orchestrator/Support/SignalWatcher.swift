import Dispatch
import Glibc
import Synchronization

/// Hands signals that would end the program to a closure, as long as the watcher lives.
final class SignalWatcher {
    private let sources: [any DispatchSourceSignal]

    /// - Parameter handle: told the signal, and the how-manieth one of all it is, counted from 1.
    init(_ numbers: [Int32], handle: @escaping @Sendable (Int32, Int) -> Void) {
        let counter = SharedCounter()
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { handle(number, counter.next()) }
            // A signal that comes before the source is listening would be lost.
            let isListening = DispatchSemaphore(value: 0)
            source.setRegistrationHandler { isListening.signal() }
            source.activate()
            isListening.wait()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }

    /// Ends the program as the signal would have, so that the caller sees what happened.
    static func end(by number: Int32) -> Never {
        signal(number, SIG_DFL)
        kill(getpid(), number)
        // The signal is delivered before kill returns, or to another thread a moment later.
        while true { pause() }
    }
}

/// Counts across threads.
private final class SharedCounter: Sendable {
    private let value = Atomic<Int>(0)
    func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}
