using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests.Slurm;

/// <summary>A cluster of this one machine: Slurm's daemons with keys, ports and files of their own, on the loopback address.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SlurmCluster : IDisposable
{
    private static readonly string[] Programs = ["munged", "slurmctld", "slurmd", "srun", "sbatch", "sinfo"];

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _daemons = [];

    private SlurmCluster()
    {
    }

    /// <summary>Its configuration file.</summary>
    public string Configuration => _folder.File("slurm.conf");

    /// <summary>Starts the cluster, or ends the test as skipped.</summary>
    public static async Task<SlurmCluster> StartAsync()
    {
        var missing = Array.Find(Programs, program => FindProgram(program) is null);
        Assert.SkipWhen(missing is not null, $"{missing} is not installed (Debian's slurm-wlm and munge).");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Slurm's daemons are started by root here.");
        var cluster = new SlurmCluster();
        try
        {
            await cluster.StartDaemonsAsync();
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Where a program is; null where it is not installed.</summary>
    public static string? FindProgram(string name) => new[] { "/usr/sbin", "/sbin" }.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="command">The program and its arguments.</param>
    public async Task<(int ExitCode, string Output)> RunAsync(Dictionary<string, string> environment, params string[] command)
    {
        using var process = Process.Start(Describe(environment, command))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForEndAsync();
        return (process.ExitCode, await output + await error);
    }

    public void Dispose()
    {
        _daemons.Reverse();
        foreach (var daemon in _daemons)
        {
            if (!daemon.HasExited)
                Signals.Send(daemon.Id, Signals.Terminate);
            if (!daemon.WaitForExit(TimeSpan.FromSeconds(10)))
                daemon.Kill();
            daemon.Dispose();
        }
        _folder.Dispose();
    }

    private async Task StartDaemonsAsync()
    {
        var (socket, key) = (_folder.File("munge.socket"), _folder.Write("munge.key", RandomNumberGenerator.GetBytes(128)));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // munged wants folders that nobody else can write to, and clients that can enter them.
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        foreach (var name in (string[])["spool", "state"])
            Directory.CreateDirectory(_folder.File(name));
        File.WriteAllText(Configuration, Settings(socket));

        Start("munged", "--foreground", "--force", $"--key-file={key}", $"--socket={socket}", $"--pid-file={_folder.File("munged.pid")}", $"--log-file={_folder.File("munged.log")}", $"--seed-file={_folder.File("munged.seed")}");
        await Patience.UntilAsync(() => File.Exists(socket));
        Start("slurmctld", "-D", "-i");
        Start("slurmd", "-D");
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (!(await RunAsync([], "sinfo", "--noheader", "--format=%t")).Output.Contains("idle", StringComparison.Ordinal))
            await Task.Delay(200, patience.Token);
    }

    private void Start(string program, params string[] arguments)
    {
        var start = Describe([], [FindProgram(program)!, .. arguments]);
        var process = Process.Start(start)!;
        // What they say is in their logs.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _daemons.Add(process);
    }

    private ProcessStartInfo Describe(Dictionary<string, string> environment, string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path };
        start.Environment["SLURM_CONF"] = Configuration;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return start;
    }

    private string Settings(string socket)
    {
        var host = Dns.GetHostName().Split('.')[0];
        return string.Create(CultureInfo.InvariantCulture, $"""
            ClusterName=test
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={socket}
            CredType=cred/munge
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
            SlurmctldPidFile={_folder.File("slurmctld.pid")}
            SlurmdPidFile={_folder.File("slurmd.pid")}
            SlurmctldLogFile={_folder.File("slurmctld.log")}
            SlurmdLogFile={_folder.File("slurmd.log")}
            SlurmdSpoolDir={_folder.File("spool")}
            StateSaveLocation={_folder.File("state")}
            ProctrackType=proctrack/pgid
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            MpiDefault=none
            ReturnToService=2
            SlurmdParameters=config_overrides
            NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=8000 State=UNKNOWN
            PartitionName=all Nodes=ALL Default=YES State=UP

            """);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
