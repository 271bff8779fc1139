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

    /// Answers until the connection ends; what is still being found out for it then is cancelled.
    func handle(value: Value, logger: Logger) async {
        let answering = Task { await handleHTTP(asyncChannel: value, logger: logger) }
        value.channel.closeFuture.whenComplete { _ in answering.cancel() }
        await withTaskCancellationHandler {
            await answering.value
        } onCancel: {
            answering.cancel()
        }
    }
}

/// Told to a connection when the body of its request is going to be read: a client that said `Expect: 100-continue` waits for
/// that.
struct BodyIsWanted: Sendable {}

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
    /// Whether the client sends its body only when it hears that it is wanted.
    private var isHoldingBody = false

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

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: clock.goneTime) {
                let (watcher, context) = bound.value
                if watcher.clock.state != .idle, !watcher.hasBegunAnswer { context.close(promise: nil) }
            }
        }
        context.fireUserInboundEventTriggered(event)
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
            isHoldingBody =
                head.version == .http1_1
                && head.headers[canonicalForm: "Expect"].contains { $0.lowercased() == "100-continue" }
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body(let bytes):
            isHoldingBody = false
            clock.noteBody(bytes.readableBytes)
            context.fireChannelRead(data)
        case .end:
            if clock.state == .body { clock.enter(.answering) }
            context.fireChannelRead(data)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyIsWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if isHoldingBody {
            isHoldingBody = false
            context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
        }
        promise?.succeed()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            hasBegunAnswer = true
            // A body that was never asked for does not come, or comes where the next request would begin.
            if isHoldingBody { isLast = true }
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
