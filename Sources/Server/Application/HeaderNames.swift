import HTTPTypes

// Constants that are names of fields, so that they can be unwrapped.
// swift-format-ignore: NeverForceUnwrap
extension HTTPField.Name {
    static let crossOriginResourcePolicy = Self("Cross-Origin-Resource-Policy")!
    static let forwardedProto = Self("X-Forwarded-Proto")!
    static let lastEventID = Self("Last-Event-ID")!
    static let link = Self("Link")!
    static let referrerPolicy = Self("Referrer-Policy")!
    static let refresh = Self("Refresh")!
    static let secFetchSite = Self("Sec-Fetch-Site")!
}
