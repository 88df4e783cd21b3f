// Classifies and embeds images over HTTP.
using WebApi;

await Application.Build(args).RunAsync();
