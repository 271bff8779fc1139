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

    /// The lines of text that are in the picture.
    var texts: [String] { elements.filter { $0.name == "text" }.map(\.text) }

    func count(_ style: String) -> Int { elements.count { $0.attributes["class"] == style } }

    /// Width and height of the page.
    var page: (width: Double, height: Double) {
        let box = (elements.first?.attributes["viewBox"] ?? "").split(separator: " ").compactMap { Double($0) }
        return box.count == 4 ? (box[2], box[3]) : (0, 0)
    }

    /// A line of text and the room it takes, slanted ones left out.
    private var placedTexts: [(text: String, left: Double, right: Double, y: Double)] {
        elements.compactMap { element in
            guard element.name == "text", let x = element.attributes["x"].flatMap(Double.init),
                let y = element.attributes["y"].flatMap(Double.init)
            else { return nil }
            let size = element.attributes["class"] == "heading" ? 17.0 : 12
            let width = textWidth(element.text, size: size)
            let left =
                switch element.attributes["text-anchor"] {
                case "end": x - width
                case "middle": x - width / 2
                default: x
                }
            return (element.text, left, left + width, y)
        }
    }

    /// The lines of text that do not fit on the page.
    var clippedTexts: [String] {
        placedTexts.filter { $0.left < 0 || $0.right > page.width || $0.y < 0 || $0.y > page.height }.map(\.text)
    }

    /// The lines of text that lie on others.
    var overlappingTexts: [String] {
        let texts = placedTexts.filter { !$0.text.isEmpty }
        return texts.indices.filter { index in
            let one = texts[index]
            return texts[(index + 1)...].contains { other in
                abs(one.y - other.y) < 10 && one.left < other.right - 1 && other.left < one.right - 1
            }
        }.map { texts[$0].text }
    }
}
