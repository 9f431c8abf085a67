/// A binary heap: the smallest element first. Equal elements leave in no particular order, so elements that
/// must leave in a reproducible order need a total order.
package struct PriorityQueue<Element: Comparable & Sendable>: Sendable {
    private var storage: [Element] = []

    package init() {}

    package var isEmpty: Bool { storage.isEmpty }
    package var first: Element? { storage.first }
    /// In no particular order.
    package var elements: [Element] { storage }

    package mutating func insert(_ element: Element) {
        storage.append(element)
        var child = storage.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard storage[child] < storage[parent] else { return }
            storage.swapAt(child, parent)
            child = parent
        }
    }

    package mutating func removeFirst() -> Element? {
        guard let last = storage.popLast() else { return nil }
        guard let first = storage.first else { return last }
        storage[0] = last
        sinkRoot()
        return first
    }

    private mutating func sinkRoot() {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < storage.count else { return }
            if child + 1 < storage.count, storage[child + 1] < storage[child] { child += 1 }
            guard storage[child] < storage[parent] else { return }
            storage.swapAt(child, parent)
            parent = child
        }
    }
}
