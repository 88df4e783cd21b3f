// Classifies and embeds pictures over HTTP.
using WebApi;

await Application.Build(args).RunAsync();
