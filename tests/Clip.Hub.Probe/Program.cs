// An application that the tests of Clip.Hub start in processes of their own: endpoint, cache folder, repository, file.
using Clip.Hub;

// Patient: the tests hold bytes back until another process has started.
var options = new HubOptions { Endpoint = args[0], CacheFolder = args[1], Token = "", Offline = false, Timeout = TimeSpan.FromMinutes(5) };
using var client = new HubClient(options);
var snapshot = await client.OpenAsync(HubRepository.Parse(args[2]));
Console.WriteLine(await snapshot.DownloadAsync(args[3]));
