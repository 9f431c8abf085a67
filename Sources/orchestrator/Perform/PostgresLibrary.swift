import Glibc

/// The functions of PostgreSQL's client library that are used here, found when they are needed: nobody without PostgreSQL
/// has to install it. Names and meanings: PostgreSQL documentation, chapter "libpq".
struct PostgresLibrary {
    typealias Pointer = OpaquePointer
    typealias Text = UnsafePointer<CChar>
    typealias Texts = UnsafePointer<Text?>

    let connect: @convention(c) (Texts, Texts, Int32) -> Pointer?
    let status: @convention(c) (Pointer?) -> Int32
    let errorMessage: @convention(c) (Pointer?) -> Text?
    let finish: @convention(c) (Pointer?) -> Void
    let execute: @convention(c) (Pointer?, Text) -> Pointer?
    let executeWithParameters:
        @convention(c) (
            Pointer?, Text, Int32, UnsafePointer<UInt32>?, Texts?, UnsafePointer<Int32>?,
            UnsafePointer<Int32>?, Int32
        ) -> Pointer?
    let resultStatus: @convention(c) (Pointer?) -> Int32
    let resultMessage: @convention(c) (Pointer?) -> Text?
    let rowCount: @convention(c) (Pointer?) -> Int32
    let columnCount: @convention(c) (Pointer?) -> Int32
    let columnName: @convention(c) (Pointer?, Int32) -> Text?
    let columnType: @convention(c) (Pointer?, Int32) -> UInt32
    let value: @convention(c) (Pointer?, Int32, Int32) -> Text?
    let isNull: @convention(c) (Pointer?, Int32, Int32) -> Int32
    let changedRows: @convention(c) (Pointer?) -> Text?
    let clear: @convention(c) (Pointer?) -> Void

    init() throws(CommandFailure) {
        guard let library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL) else {
            throw CommandFailure(
                .failed, "PostgreSQL needs its client library libpq.so.5, which is not on this machine",
                hint: "Debian, Ubuntu: apt-get install libpq5; Fedora: dnf install libpq")
        }
        func find<Function>(_ name: String, as _: Function.Type = Function.self) throws(CommandFailure)
            -> Function
        {
            guard let symbol = dlsym(library, name) else {
                throw CommandFailure(.failed, "libpq.so.5 has no function \(name)")
            }
            return unsafeBitCast(symbol, to: Function.self)
        }
        connect = try find("PQconnectdbParams")
        status = try find("PQstatus")
        errorMessage = try find("PQerrorMessage")
        finish = try find("PQfinish")
        execute = try find("PQexec")
        executeWithParameters = try find("PQexecParams")
        resultStatus = try find("PQresultStatus")
        resultMessage = try find("PQresultErrorMessage")
        rowCount = try find("PQntuples")
        columnCount = try find("PQnfields")
        columnName = try find("PQfname")
        columnType = try find("PQftype")
        value = try find("PQgetvalue")
        isNull = try find("PQgetisnull")
        changedRows = try find("PQcmdTuples")
        clear = try find("PQclear")
    }
}
