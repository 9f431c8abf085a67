/// Something that few tasks have, behind one reference: a thousand DAGs are in memory at once, and what a task does
/// not have costs it a word, not the room for it. A value like any other; changing it replaces what is referred to.
@propertyWrapper
package struct Rare<Value: Hashable & Sendable>: Hashable, Sendable {
    private final class Holder: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private var holder: Holder?

    package var wrappedValue: Value? {
        get { holder?.value }
        set { holder = newValue.map { Holder($0) } }
    }

    package init(wrappedValue: Value?) {
        holder = wrappedValue.map { Holder($0) }
    }

    package static func == (left: Rare, right: Rare) -> Bool {
        left.holder === right.holder || left.wrappedValue == right.wrappedValue
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}
