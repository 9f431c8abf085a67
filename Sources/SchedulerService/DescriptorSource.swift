import Dispatch
import Glibc
import Synchronization

/// Watches a descriptor on a queue and owns it: cancelling closes it.
final class DescriptorSource: Sendable {
    let descriptor: Int32
    private let source: Mutex<any DispatchSourceRead>

    /// - Parameter onReadable: called on `queue` while there is something to read; it must read it.
    init(descriptor: Int32, queue: DispatchQueue, onReadable: @escaping @Sendable () -> Void) {
        self.descriptor = descriptor
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler(handler: onReadable)
        source.setCancelHandler { close(descriptor) }
        source.activate()
        self.source = Mutex(source)
    }

    func cancel() {
        source.withLock { $0.cancel() }
    }

    deinit {
        cancel()
    }
}
