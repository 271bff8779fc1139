import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A connection that speaks HTTP/1.
struct Connection: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: Responder
    let limits: ConnectionLimits

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let clock = ConnectionClock(limits)
            var decoder = NIOHTTPDecoderLimitConfiguration()
            decoder.maxHeaderFieldSize = limits.headerBytes
            decoder.maxHeaderListSize = limits.headerBytes
            decoder.maxHeaderFieldCount = limits.headerFields
            try pipeline.addHandler(ByteWatcher(clock))
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withErrorHandling: false,
                withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: decoder
            )
            try pipeline.addHandler(RequestWatcher(clock))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: nil, logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            )
        }
    }

    func handle(value: Value, logger: Logger) async { await handleHTTP(asyncChannel: value, logger: logger) }
}

/// What a connection may take, in bytes and in time.
struct ConnectionLimits: Sendable {
    /// All fields of a header together.
    var headerBytes = 16 * 1024
    var headerFields = 100
    /// From the first byte of a request to the end of its header; for a new connection, from its beginning.
    var headerTime = Duration.seconds(10)
    /// How long a body may take that comes slower than ``bodyRate``.
    var bodyTime = Duration.seconds(30)
    /// In bytes a second.
    var bodyRate = 16 * 1024
    /// How long a client may take nothing of its answer.
    var stalledTime = Duration.seconds(30)
    /// How long a connection may have nothing to do.
    var idleTime = Duration.seconds(75)
    /// How often a connection is looked at.
    var tick = Duration.milliseconds(500)
}

/// What a connection is doing, since when, and whether that takes too long.
///
/// It belongs to the connection's event loop.
final class ConnectionClock {
    enum State {
        case idle, header, body
        case answering
    }

    private let limits: ConnectionLimits
    private var since = ContinuousClock.now
    /// When the client last took something of its answer.
    private var moved = ContinuousClock.now
    private var bodyBytes = 0
    /// A new connection is to say what it wants.
    private(set) var state = State.header

    init(_ limits: ConnectionLimits) { self.limits = limits }

    var tick: TimeAmount { TimeAmount(limits.tick) }

    func enter(_ state: State) {
        self.state = state
        since = .now
        moved = since
        bodyBytes = 0
    }

    func noteBody(_ bytes: Int) { bodyBytes += bytes }

    /// Whether the client has used up its time.
    func isOver(isWritable: Bool) -> Bool {
        let now = ContinuousClock.now
        let spent = now - since
        switch state {
        case .idle: return spent > limits.idleTime
        case .header: return spent > limits.headerTime
        case .body: return spent > limits.bodyTime && bodyBytes < limits.bodyRate * Int(spent.components.seconds)
        case .answering:
            if isWritable { moved = now }
            return now - moved > limits.stalledTime
        }
    }
}

/// Notices the first byte of a request, long before its header is complete.
private final class ByteWatcher: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let clock: ConnectionClock

    init(_ clock: ConnectionClock) { self.clock = clock }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if clock.state == .idle { clock.enter(.header) }
        context.fireChannelRead(data)
    }
}

/// Follows the requests of a connection: ends it where the client is too slow or sends no HTTP, and closes it behind answers
/// to clients that do not go on.
private final class RequestWatcher: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let clock: ConnectionClock
    private var ticking: RepeatedTask?
    /// Whether the connection ends behind the answer that is being written.
    private var isLast = false
    private var hasBegunAnswer = false

    init(_ clock: ConnectionClock) { self.clock = clock }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        ticking = context.eventLoop.scheduleRepeatedTask(initialDelay: clock.tick, delay: clock.tick) { _ in
            let (watcher, context) = bound.value
            watcher.look(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { ticking?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        ticking?.cancel()
        context.fireChannelInactive()
    }

    private func look(_ context: ChannelHandlerContext) {
        guard clock.isOver(isWritable: context.channel.isWritable) else { return }
        switch clock.state {
        case .header, .body: refuse(.requestTimeout, context)
        case .idle, .answering: context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head):
            clock.enter(.body)
            hasBegunAnswer = false
            // HTTP/1.0 knows of going on only by agreement, which is more than such clients are worth.
            isLast = head.version == .http1_0 || head.version == .http0_9 || !head.isKeepAlive
            if isLast { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body(let bytes):
            clock.noteBody(bytes.readableBytes)
            context.fireChannelRead(data)
        case .end:
            if clock.state == .body { clock.enter(.answering) }
            context.fireChannelRead(data)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            hasBegunAnswer = true
            if head.headers[canonicalForm: "Connection"].contains("close") { isLast = true }
            if isLast { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            clock.enter(.idle)
            context.write(data, promise: promise)
            if isLast {
                context.flush()
                linger(context)
            }
        }
    }

    /// Ends the answers, and the connection a little later: what the client still sends would otherwise wipe out the answer
    /// before it is read.
    private func linger(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.close(mode: .output, promise: nil)
        context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow: refuse(.requestHeaderFieldsTooLarge, context)
        case is HTTPParserError: refuse(.badRequest, context)
        default: context.close(promise: nil)
        }
    }

    /// Answers for the application, which knows nothing of the request or waits for the rest of it, and ends the connection.
    private func refuse(_ status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
        guard !hasBegunAnswer || clock.state != .body else { return context.close(promise: nil) }
        let head = HTTPResponseHead(
            version: .http1_1,
            status: status,
            headers: ["Connection": "close", "Content-Length": "0"]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}
