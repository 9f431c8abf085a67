import Foundation
import GRDB

extension [UInt8] {
    /// The bytes as a column value (a blob).
    var databaseBytes: DatabaseValue { Data(self).databaseValue }
}
