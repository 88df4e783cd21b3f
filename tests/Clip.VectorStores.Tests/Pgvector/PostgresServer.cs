using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Npgsql;

namespace Clip.VectorStores.Tests.Pgvector;

/// <summary>The database of <c>CLIP_POSTGRES</c>, a connection string; else PostgreSQL in WebAssembly, where node and <c>eng/fetch-pglite</c> have it. It ends with the tests.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private static readonly string s_folder = typeof(PostgresServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "PgliteFolder").Value!;

    private Process? _server;
    private NpgsqlDataSource? _database;
    private string _connection = "";

    /// <summary>Why there is no database; null where there is one.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether it is PostgreSQL in WebAssembly, which hears of no timeout while it works.</summary>
    public bool IsWebAssembly => _server is not null;

    /// <summary>How to connect to it.</summary>
    public string ConnectionString => _connection;

    /// <summary>The database, the same for all tests: where one session is all there is, a second is refused while the first one ends.</summary>
    public NpgsqlDataSource Database => _database ??= NpgsqlDataSource.Create(_connection);

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("CLIP_POSTGRES") is { Length: > 0 } connection)
        {
            _connection = connection;
            return;
        }
        if (!Directory.Exists(Path.Combine(s_folder, "node_modules")))
        {
            Problem = "No database: CLIP_POSTGRES names none, and eng/fetch-pglite has not been run.";
            return;
        }
        var port = FreePort();
        try
        {
            _server = Process.Start(new ProcessStartInfo("node", ["server.mjs", $"{port}"]) { WorkingDirectory = s_folder, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Problem = $"No database: node does not start ({e.Message}).";
            return;
        }
        var line = await _server.StandardOutput.ReadLineAsync(Patience.Token);
        Assert.Equal("ready", line);
        // One connection: PGlite runs one session. It ends a session with the connection, so nothing is to be reset.
        _connection = $"Host=127.0.0.1;Port={port};Username=postgres;Password=postgres;Database=postgres;SSL Mode=Disable;No Reset On Close=true;Maximum Pool Size=1;Timeout=60;Command Timeout=60";
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
        if (_server is null)
            return;
        _server.StandardInput.Close();
        await _server.WaitForEndAsync();
        _server.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
