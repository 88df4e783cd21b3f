// Loads the web API sample, in a process of its own on this machine, with decompression bombs, long bodies and many connections. Prints
// latencies, statuses and the peak of its resident memory; exits with 1 where a bar is not met. Ends by itself within two minutes.
using System.Globalization;
using Clip.Benchmarks;
using WebApi.Load;

const int Callers = 40;
const int Connections = 500;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Machine.Write(Console.Out);
await using var server = await Server.StartAsync();
Console.WriteLine($"resident after loading the model: {server.Resident >> 20:N0} MiB");

var small = Bombs.Png(64, 64, bitsPerSample: 8, isInterlaced: false);
var bars = new Bars(server);

var bombs = Bombs.All;
var (attack, others) = await Clients.BesideAsync(
    Clients.OnceAsync(server, Callers, i => bombs[i % bombs.Length]), Clients.LoopAsync(server, 4, small));
attack.Write($"{Callers} decompression bombs at once");
others.Write("small images meanwhile");
bars.Require("bombs are answered in 10 s", attack.Slowest < TimeSpan.FromSeconds(10));
bars.Require("others are served meanwhile, in 2 s or refused", others.Served > 0 && others.SlowestServed < TimeSpan.FromSeconds(2));
bars.RequireMemory();

var body = new byte[16 << 20];
(attack, others) = await Clients.BesideAsync(Clients.OnceAsync(server, Callers, _ => body), Clients.LoopAsync(server, 4, small));
attack.Write($"{Callers} bodies of 16 MiB at once");
others.Write("small images meanwhile");
bars.RequireMemory();

var crowd = await Clients.ForAsync(TimeSpan.FromSeconds(10), Clients.LoopAsync(server, Connections, small));
crowd.Write($"{Connections} connections for 10 s");
bars.Require("no wait over 2 s without a 503", crowd.SlowestServed < TimeSpan.FromSeconds(2) && crowd.Failed == 0);
bars.RequireMemory();
return bars.AreMet ? 0 : 1;
