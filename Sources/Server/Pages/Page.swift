/// A page: what is told in it, and what the frame around it has to know.
struct Page: Sendable {
    /// The places of the navigation.
    enum Section: String, CaseIterable {
        case runs = "Runs"
        case compare = "Compare"
        case curves = "Curves"
        case history = "History"
        case sql = "SQL"
        case store = "Store"

        var path: String {
            switch self {
            case .runs: "/"
            case .compare: "/compare"
            case .curves: "/curves"
            case .history: "/history"
            case .sql: "/sql"
            case .store: "/info"
            }
        }
    }

    let title: String
    let section: Section?
    var status = 200
    /// Whether the browser asks again after some seconds.
    var retries = false
    /// The runs that the page shows and that may change: numbers with commas, `all`, or nothing.
    var watched = ""
    /// The state of the store that the page shows, or an earlier one.
    var version = ""
    var content = HTML()

    init(_ title: String, _ section: Section?) {
        self.title = title
        self.section = section
    }

    /// The frame around all pages.
    private static let frame = Frame(Asset.all["page.html"].map { String(decoding: $0.bytes, as: UTF8.self) } ?? "")

    /// The whole document.
    ///
    /// - Parameters:
    ///   - path: the path of the store, of which the name is told.
    ///   - isReadOnly: whether what changes the store is not shown.
    /// - Returns: HTML.
    func document(of path: String, isReadOnly: Bool) -> String {
        var navigation = HTML()
        for section in Section.allCases {
            navigation.add(
                "a",
                ["href": section.path, "aria-current": section == self.section ? "page" : nil],
                section.rawValue
            )
        }
        func escaped(_ text: String) -> String {
            var html = HTML()
            html.add(text)
            return html.text
        }
        return Self.frame.text(with: [
            "title": escaped("\(title) · Varve"), "watch": escaped(watched), "version": version,
            "readonly": isReadOnly ? " data-read-only" : "", "navigation": navigation.text,
            "store": escaped(Site.name(of: path)), "content": content.text,
            "style": Asset.address(of: "style.css"), "script": Asset.address(of: "script.js"),
            "icon": Asset.address(of: "icon.svg"),
        ])
    }
}

/// A text with marks such as `{{title}}` in it, cut at them once.
struct Frame: Sendable {
    private let parts: [(text: String, mark: String)]

    init(_ text: String) {
        var parts: [(text: String, mark: String)] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            parts.append((String(rest[..<start.lowerBound]), String(rest[start.upperBound..<end.lowerBound])))
            rest = rest[end.upperBound...]
        }
        self.parts = parts + [(String(rest), "")]
    }

    /// The text with values in the place of its marks; what a value holds is never looked at for marks.
    func text(with values: [String: String]) -> String {
        var result = ""
        for part in parts {
            result += part.text
            result += values[part.mark] ?? ""
        }
        return result
    }
}
