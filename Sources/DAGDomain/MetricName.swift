/// Names of metrics that are made from names of columns.
package enum MetricName {
    /// The name with what MLflow does not allow in the name of a metric replaced by `_`: allowed are letters and digits of
    /// ASCII, `_ - . / :` and spaces inside; 250 bytes at most.
    package static func cleaned(_ name: String) -> String {
        let scalars = name.unicodeScalars.map { scalar -> Character in
            let isAllowed =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || "_-./ :".unicodeScalars.contains(scalar)
            return isAllowed ? Character(scalar) : "_"
        }
        var text = String(scalars.prefix(250))
        if text.first == " " { text = "_" + text.dropFirst() }
        if text.last == " " { text = text.dropLast() + "_" }
        return text
    }
}
