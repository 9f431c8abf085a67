import DAGDomain
import JSONText

/// What is asked of a column; what is not asked costs nothing.
package struct ColumnMeasures: Sendable {
    /// Kinds of values, smallest, largest, mean and deviation of the numbers, the newest date.
    package var statistics = false
    /// How many values repeat an earlier one, exactly.
    package var duplicates = false
    /// Values that are not of this type are counted.
    package var type: ColumnType?
    /// Values that are none of these are counted.
    package var allowed: [JSONValue]?
    /// Values and counts for a comparison of distributions: numbers up to so many, a uniform sample of more.
    package var sampleSize: Int?

    package init() {}

    /// Whether the values have to be looked at one by one, beyond being there.
    var needsScan: Bool { statistics || type != nil || sampleSize != nil || allowed?.isEmpty == false }
}
