// A page that searches images by words, by images and by both.
using ImageSearch;

await Application.Build(args).RunAsync();
