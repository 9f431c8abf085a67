extension CronExpression {
    /// The presets of Airflow and what they stand for.
    static let presets: [String: String] = [
        "@yearly": "0 0 1 1 *",
        "@annually": "0 0 1 1 *",
        "@quarterly": "0 0 1 */3 *",
        "@monthly": "0 0 1 * *",
        "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *",
        "@midnight": "0 0 * * *",
        "@hourly": "0 * * * *",
    ]

    /// The names of the presets, in the order of their frequency.
    static let presetNames = [
        "@yearly", "@annually", "@quarterly", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
    ]
}
