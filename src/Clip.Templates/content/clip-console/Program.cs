// Says which label fits an image: dotnet run -- photo.jpg "tabby cat" "golden retriever"
using Clip;
using Clip.ZeroShot;

if (args.Length < 3)
{
    Console.Error.WriteLine("Usage: image label label [label ...]");
    return 1;
}

using var clip = ClipModel.Load("CLIP_MODEL");                        // a name is downloaded once; a folder or a file do as well
using var classifier = new ZeroShotClassifier(clip, args[1..]);       // embeds "a photo of a {label}." for every label
foreach (var (className, probability) in classifier.Classify(args[0]))
    Console.WriteLine($"{probability,7:P1}  {className}");
return 0;
