import CWeb
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// The server of a store: opens it, listens, and ends in an orderly way.
///
///     let server = try WebServer(ServerSettings(store: "varve.db"))
///     let port = try await server.start()
///     await server.stop()
public final class WebServer: Sendable {
    private let application: Application
    private let settings: ServerSettings
    private let listener = Mutex<Listening?>(nil)

    private struct Listening {
        let group: ServiceGroup
        let task: Task<Void, any Error>
    }

    /// How long requests may go on that are being answered when the server is stopped.
    private static let patience = Duration.milliseconds(1000)

    /// Lets memory go back to the system as soon as something large is freed.
    ///
    /// It holds for the whole process, so the program decides, before it has further threads.
    public static func saveMemory() { keepLittleMemory() }

    /// Opens the store, and makes it where there is none, unless the server is to change nothing.
    ///
    /// It waits for the disk: call it on a thread of your own.
    ///
    /// - Throws: ``ServerError`` where other machines could ask without a token; `StoreError`; `SQLiteError`; `TeamRefusal`.
    public init(_ settings: ServerSettings) throws {
        if settings.token == nil {
            for host in [settings.host] + settings.allowedHosts where !HostNames.isLoopback(host) {
                throw ServerError.needsToken(host: host)
            }
        }
        self.settings = settings
        application = try Application(settings)
    }

    /// Listens, and returns when requests are answered.
    ///
    /// - Returns: the port.
    /// - Throws: ``ServerError`` where the address is taken or cannot be listened at; the store is closed then.
    public func start() async throws -> Int {
        let (ports, port) = AsyncThrowingStream<Int, any Error>.makeStream()
        let quiet = Logger(label: "varve") { _ in SwiftLogNoOpLogHandler() }
        let application = application
        let limits = settings.limits
        let server = try HTTPServerBuilder { Connection(responder: $0, limits: limits) }.buildServer(
            configuration: ServerConfiguration(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: MaximumAvailableConnections(settings.connections, logger: quiet)
            ),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: quiet
        ) { request, writer, channel in
            let response = await application.respond(to: request) {
                channel.triggerUserOutboundEvent(BodyIsWanted(), promise: nil)
            }
            try await writer.write(response: response.head, body: response.body)
        } onServerRunning: { channel in
            port.yield(channel.localAddress?.port ?? 0)
            port.finish()
        }
        let group = ServiceGroup(configuration: .init(services: [server], logger: quiet))
        let task = Task {
            do {
                try await group.run()
            } catch {
                port.finish(throwing: error)
                throw error
            }
        }
        do {
            for try await found in ports {
                listener.withLock { $0 = Listening(group: group, task: task) }
                return found
            }
            throw CancellationError()
        } catch {
            await application.shutDown()
            let (host, port) = (settings.host, settings.port)
            if let error = error as? IOError, error.errnoCode == EADDRINUSE {
                throw ServerError.portTaken(host: host, port: port)
            }
            throw ServerError.cannotListen(host: host, port: port, reason: "\(error)")
        }
    }

    /// Takes no more requests, answers those that have come, and returns when everything has ended, within two seconds.
    public func stop() async {
        let listening = listener.withLock { $0 }
        async let stored: Void = application.shutDown()
        if let listening {
            await listening.group.triggerGracefulShutdown()
            let hurry = Task {
                try await Task.sleep(for: Self.patience)
                listening.task.cancel()
            }
            _ = await listening.task.result
            hurry.cancel()
        }
        await stored
    }
}
