import HTTPTypes
import Questions
import Storage

/// What a page cannot do with what was typed, and what to do instead.
struct PageFault: Error, CustomStringConvertible {
    let description: String
    let advice: String?

    init(_ description: String, _ advice: String? = nil) {
        self.description = description
        self.advice = advice
    }
}

/// What pages know of the store's place: its name, never its folder.
enum Site {
    static func name(of path: String) -> String {
        String(path.split(separator: "/").last ?? "store")
    }

    /// A text in which the path of the store stands as its name.
    static func hiding(_ path: String, in text: String) -> String {
        guard !path.isEmpty, path != name(of: path) else { return text }
        return text.replacing(path, with: name(of: path))
    }
}

extension HTML {
    /// Writes what is wrong with a question; of a filter with a mark under the place.
    mutating func add(fault: any Error, in store: Store) {
        add("div", ["class": "fault", "role": "alert"]) { html in
            if let error = fault as? FilterError {
                html.add(filterError: error)
            } else {
                html.add("p", ["class": "reason"], Self.shortened(Site.hiding(store.path, in: "\(fault)")))
            }
            if let advice = Advice.text(for: fault) {
                html.add("p", [:], Self.shortened(Site.hiding(store.path, in: advice)))
            }
            if let error = fault as? FilterError { html.add("p", ["class": "muted"], "Expected: \(error.expected).") }
        }
    }

    /// A value that is named may be a whole document.
    private static func shortened(_ text: String) -> String { cut(text, to: 1000) }

    private mutating func add(filterError error: FilterError) {
        let before = String(decoding: error.text.utf8.prefix(error.offset), as: UTF8.self)
        add("p", ["class": "reason"], error.reason)
        // The mark stands under the place: as many places in front of it as the text has there.
        let width = before.reduce(0) { $0 + (($1.unicodeScalars.first?.value ?? 0) >= 0x1100 ? 2 : 1) }
        add("pre", ["class": "caret"]) { html in
            html.add(error.text.split(separator: "\n").joined(separator: " ") + "\n")
            html.add("span", ["class": "mark"], String(repeating: " ", count: width) + "^")
        }
    }
}

/// What to do about a fault, in the words of the pages.
enum Advice {
    static func text(for error: any Error) -> String? {
        switch error {
        case let error as PageFault: error.advice
        case let error as FilterError:
            error.unknownField.flatMap { field in
                Suggestion.closest(to: field, among: RunField.Attribute.allCases.map(\.rawValue))
            }.map { "Did you mean \($0)?" }
        case let error as QuestionError: text(for: error)
        case let error as StoreError: text(for: error)
        default: nil
        }
    }

    private static func text(for error: QuestionError) -> String? {
        switch error {
        case .unknownName(_, let closest): closest.map { "Did you mean \($0)?" }
        case .emptyGroup: "Only finished runs are put together. The list of runs says which there are."
        case .mixedGroup(let word, let mixture):
            "Choose one of them with a filter, such as \(mixture.filterForFirst(of: word))"
                + (mixture.ownParams.isEmpty
                    ? ""
                    : "; or ignore what no two runs have in common: "
                        + IgnoredKeys(params: mixture.ownParams).words.joined(separator: ","))
        case .nothingRecorded(_, _, let common?): "Step \(common) is one that all recorded."
        case .numberNamesRun(let word, _): "Write architecture = '\(word)'."
        case .measuresDiffer: "Choose runs with a filter."
        case .severalMeasures(let measures): "Choose one measure, such as \(measures.first ?? "variance")."
        case .noCommonSeed: "Not paired, they are compared as independent runs."
        case .tooManyValues: "Choose fewer with a filter."
        case .tooManyGroups(_, _, let own) where !own.isEmpty:
            "Name the groups, or ignore what no two runs have in common: "
                + IgnoredKeys(params: own).words.joined(separator: ",")
        case .tooManyGroups: "Name the groups, such as params.width = 100."
        case .noArchitecture: "Name the groups by filters, such as params.width = 100."
        default: nil
        }
    }

    private static func text(for error: StoreError) -> String? {
        switch error {
        case .noRun, .notARun: "The list of runs says which there are."
        case .ambiguousRun: "Give its number, or more characters of its uuid."
        case .runGone: "The run this list went on from is gone: begin again with the first page."
        default: nil
        }
    }
}

/// A page that says why there is nothing else to see.
enum FaultPage {
    /// The page for what could not be answered.
    ///
    /// - Parameters:
    ///   - error: what went wrong.
    ///   - problem: what it is to the caller.
    ///   - path: the path of the store, which is not told.
    /// - Returns: the page.
    static func page(_ error: any Error, _ problem: Problem, path: String) -> Page {
        let status = problem.status.code
        let isLate = (error as? SQLiteError)?.kind == .deadline
        let isBusy = status == 503 && !isLate
        let title =
            switch status {
            case 404: "Not here"
            case 503 where isLate: "This takes too long"
            case 503: "The store is busy"
            case 400..<500: "This cannot be answered"
            default: "Something went wrong"
            }
        var page = Page(title, nil)
        page.status = status
        page.content.add("h1", [:], title)
        page.content.add(
            "p",
            ["class": "lead", "role": "alert"],
            problem.detail.prefix(1).uppercased() + problem.detail.dropFirst() + "."
        )
        if isBusy { page.content.add("p", [:], "Nothing is lost. This page tries again by itself.") }
        if isLate { page.content.add("p", [:], "Ask about fewer runs, by a filter, or try again later.") }
        page.retries = isBusy
        if let advice = Advice.text(for: error) { page.content.add("p", [:], Site.hiding(path, in: advice)) }
        page.content.add("p") { html in html.add(link: "/", "To the runs") }
        return page
    }
}
