/// The version that `--version` and the API tell.
enum ProgramVersion {
    static let text = "0.1.0"
}
