import DAGDomain
import Foundation

/// Identifiers in the form of a UUID (RFC 9562, version 8: "vendor specific"), which Airflow's clients insist on.
enum WireUUID {
    static func taskInstance(_ key: TaskInstanceKey) -> String {
        let run = UInt64(bitPattern: key.run.value) & 0xFFFF_FFFF_FFFF
        let task = UInt64(key.task) & 0xFF_FFFF
        let map = UInt64(bitPattern: Int64(key.mapIndex) &+ 1) & 0xFFFF_FFFF_FFFF
        return text(
            hex(run, 12) + "8" + hex(task >> 12, 3) + "8" + hex(task & 0xFFF, 3) + hex(map, 12))
    }

    static func version(_ hash: DAGVersionHash) -> String {
        var digits = Array(hash.text.filter(\.isHexDigit).prefix(32))
        digits += repeatElement("0", count: 32 - digits.count)
        digits[12] = "8"
        digits[16] = "8"
        return text(String(digits))
    }

    private static func hex(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// 8-4-4-4-12.
    private static func text(_ digits: String) -> String {
        var result = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { result.append("-") }
            result.append(digit)
        }
        return result
    }
}
