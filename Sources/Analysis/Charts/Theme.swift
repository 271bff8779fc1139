/// How the pictures look: colours, dashes and shapes.
///
/// The colours are those of M. Okabe and K. Ito, "Color Universal Design" (2008), told apart by all kinds of colour
/// vision; grey replaces their yellow, which is not seen on white, and on a dark page their blue is lighter. A group
/// has a dash and a shape as well, so that colour is never the only cue.
public enum Theme: String, CaseIterable, Sendable {
    /// What the reader's system asks for; light where the viewer does not know, as in a picture made of pixels.
    case auto
    case light
    case dark

    static let font = 12.0

    /// The style sheet of a picture, the text of its one element `style`.
    ///
    /// Plain classes, for `auto` with a media query after them, no CSS variables: librsvg, Inkscape and paper, which
    /// know neither, then show the light picture. The page is painted since the scheme of a system and that of the page
    /// a picture is embedded in may differ.
    public var sheet: String {
        switch self {
        case .auto: Self.rules + "@media (prefers-color-scheme:dark){\n" + Self.darkRules + "}\n"
        case .light: Self.rules
        case .dark: Self.rules + Self.darkRules
        }
    }

    private static let rules = """
        .varve{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;color:#1f2328}
        .varve text{fill:#1f2328}
        .varve .heading{font-size:17px;font-weight:600}
        .varve .strong{font-weight:600}
        .varve .muted{fill:#59636e}
        .varve .page{fill:#fff}
        .varve .grid{stroke:#e3e7eb}
        .varve .axis{stroke:#59636e}
        .varve .strip{fill:#f3f5f7}
        .varve .line{fill:none;stroke:currentColor;stroke-width:2.2;stroke-linejoin:round}
        .varve .dense{fill:none;stroke:currentColor;stroke-width:1.1;stroke-opacity:.85;stroke-linejoin:round}
        .varve .casing{fill:none;stroke:#fff;stroke-opacity:.8;stroke-width:5;stroke-linejoin:round}
        .varve .thin{fill:none;stroke:currentColor;stroke-opacity:.35;stroke-linecap:round;stroke-linejoin:round}
        .varve .lane{fill:none;stroke:currentColor;stroke-width:5;stroke-linecap:round}
        .varve .band{fill:currentColor;fill-opacity:.17}
        .varve .mark{fill:currentColor;stroke:currentColor;stroke-width:1.5}
        .varve .flag{fill:currentColor;stroke:#fff;stroke-width:1.5}
        .varve .hollow{fill:#fff;stroke:currentColor;stroke-width:1.8}
        .varve .dot{fill:currentColor;fill-opacity:.75;stroke:#fff;stroke-width:.6}
        .varve .leader{fill:none;stroke:currentColor;stroke-opacity:.6;stroke-dasharray:1.5 2.5}
        .varve .ring{fill:none;stroke:#1f2328;stroke-width:1.5}
        .varve .hatch{stroke:#59636e}
        .varve .event{stroke:#1f2328;stroke-width:1.4;stroke-dasharray:5 3}
        .varve .halo{stroke:#fff;stroke-width:3}
        .varve .hit{fill:#fff;fill-opacity:0}
        .varve .c0{color:#0072b2}
        .varve .c1{color:#d55e00}
        .varve .c2{color:#009e73}
        .varve .c3{color:#cc79a7}
        .varve .c4{color:#e69f00}
        .varve .c5{color:#56b4e9}
        .varve .c6{color:#1f2328}
        .varve .c7{color:#8a8f94}

        """

    /// What is another on a dark page.
    private static let darkRules = """
        .varve{color:#e6edf3}
        .varve text{fill:#e6edf3}
        .varve .muted{fill:#9da7b3}
        .varve .page,.varve .hollow{fill:#14181d}
        .varve .casing,.varve .halo,.varve .dot,.varve .flag{stroke:#14181d}
        .varve .thin{stroke-opacity:.5}
        .varve .grid{stroke:#2b323a}
        .varve .axis,.varve .hatch{stroke:#9da7b3}
        .varve .strip{fill:#1d232a}
        .varve .ring,.varve .event{stroke:#e6edf3}
        .varve .c0{color:#2a8fd0}
        .varve .c6{color:#e6edf3}

        """

    /// The class that gives a group its colour.
    static func color(_ group: Int) -> String { "c\(group % 8)" }

    /// The dash of a group's lines; none for the first.
    static func dash(_ group: Int) -> String {
        ["", "7 3", "2.5 2.5", "9 3 2 3", "14 4", "5 2 1.5 2 1.5 2", "1.5 4", "14 3 4 3"][(group + group / 8) % 8]
    }

    /// A path of the shape of a group's points around a place.
    static func shape(_ group: Int, x: Double, y: Double) -> String {
        let outline = [
            "m-4 0a4 4 0 1 1 8 0a4 4 0 1 1-8 0z", "m-3.5-3.5h7v7h-7z", "m0-4.8 4.6 8h-9.2z", "m0-5 5 5-5 5-5-5z",
            "m0 4.8 4.6-8h-9.2z", "m-1.6-4.6h3.2v3h3v3.2h-3v3h-3.2v-3h-3v-3.2h3z",
            "m-4.8 0 2.4-4.2h4.8l2.4 4.2-2.4 4.2h-4.8z",
            "m-4.8 0 8-4.6v9.2z",
        ]
        // Beyond eight groups a colour comes back with another shape and another dash.
        return "M\(x.pixels) \(y.pixels)\(outline[(group + group / 8) % 8])"
    }

    /// The name of the pattern for cells whose value has no place on the colour scale.
    static func hatch(_ edge: Edge) -> String {
        switch edge {
        case .notANumber: "varve-nan"
        case .infinite: "varve-infinite"
        case .low: "varve-low"
        }
    }

    /// Defines that pattern.
    static func drawHatch(_ edge: Edge, in markup: inout Markup) {
        let lines =
            switch edge {
            case .notANumber: "M-1 1 1-1M0 7 7 0M6 8 8 6"
            case .infinite: "M0 3.5H7M3.5 0V7"
            case .low: "M0 3.5H7"
            }
        markup.element(
            "pattern",
            ["id": hatch(edge), "width": "7", "height": "7", "patternUnits": "userSpaceOnUse"]
        ) { markup in
            markup.element("rect", ["class": "strip", "width": "7", "height": "7"])
            markup.element("path", ["class": "hatch", "d": lines])
        }
    }
}
