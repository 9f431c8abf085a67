/// What a field is, as far as its file says so.
enum FieldKind {
    /// A field of CSV, where everything is text.
    case untyped
    case string, number, boolean, null
    /// A list or an object inside a line of JSON.
    case nested
}

/// Takes a table field by field.
protocol RowConsumer: AnyObject {
    /// A column that fields can name from now on by the number of columns before it.
    func addColumn(_ name: String)
    /// - Parameter bytes: only valid during the call.
    func field(_ column: Int, _ bytes: UnsafeRawBufferPointer, _ kind: FieldKind)
    func endRow()
}
