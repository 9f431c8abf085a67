/// Glyph and colour of a run's or task instance's state; the glyphs differ in shape, so colour is never
/// needed.
struct StateLook: Sendable, Equatable {
    let glyph: String
    let style: TextStyle

    init(glyph: String, style: TextStyle) {
        self.glyph = glyph
        self.style = style
    }

    init(state: String) {
        self =
            switch state {
            case "success": StateLook(glyph: "✔", style: .green)
            case "failed": StateLook(glyph: "✘", style: .red)
            case "upstream_failed": StateLook(glyph: "⊘", style: .red)
            case "cancelled": StateLook(glyph: "■", style: .magenta)
            case "skipped", "removed": StateLook(glyph: "↷", style: .dim)
            case "running": StateLook(glyph: "▶", style: .cyan)
            case "up_for_retry": StateLook(glyph: "↻", style: .yellow)
            case "queued", "scheduled": StateLook(glyph: "◔", style: .blue)
            default: StateLook(glyph: "·", style: .dim)
            }
    }
}
