import Foundation
import FoundationXML

@testable import Analysis

/// A picture as an XML parser reads it.
final class Picture: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]
        /// What shows on hover.
        var title: String?
        var text = ""
    }

    private(set) var elements: [Element] = []
    private var open: [Int] = []

    /// Reads a picture; nil where it is not well-formed.
    init?(_ svg: String) {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        guard parser.parse() else { return nil }
    }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if let last = open.last { elements[last].text += text }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        let ended = open.removeLast()
        if name == "title", let parent = open.last { elements[parent].title = elements[ended].text }
    }

    func titles(of style: String? = nil) -> [String] {
        elements.filter { style == nil || $0.attributes["class"] == style }.compactMap(\.title)
    }

    /// The lines of text that stand in the picture.
    var texts: [String] { elements.filter { $0.name == "text" }.map(\.text) }

    func count(_ style: String) -> Int { elements.count { $0.attributes["class"] == style } }

    /// The lines of text that do not fit on the page, slanted ones left out.
    var clippedTexts: [String] {
        elements.filter { element in
            guard element.name == "text", let x = element.attributes["x"].flatMap(Double.init) else { return false }
            let size = element.attributes["class"] == "heading" ? 17.0 : 12
            let width = textWidth(element.text, size: size)
            let left =
                switch element.attributes["text-anchor"] {
                case "end": x - width
                case "middle": x - width / 2
                default: x
                }
            return left < 0 || left + width > Figure.width
        }.map(\.text)
    }
}
