using System.Globalization;
using Clip.Training;

namespace Training.Shared;

/// <summary>The curves of a run in a file, one line per value: step, name, value. A resumed run continues it.</summary>
public sealed class RunLog : IProgress<TrainingProgress>
{
    // Losses of single steps are noisy; one line stands for the mean of this many.
    private const int StepsPerLine = 25;

    private readonly string _path;
    private readonly int _stepsBefore;
    private readonly int _allSteps;
    private readonly List<double> _losses = [];
    private readonly List<double> _rates = [];

    /// <summary>Begins the file or continues it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stepsBefore">Steps of the phases before this one.</param>
    /// <param name="completedSteps">Steps of this phase that are done.</param>
    /// <param name="allSteps">Steps of all phases.</param>
    public RunLog(string path, int stepsBefore, long completedSteps, int allSteps)
    {
        _path = path;
        _stepsBefore = stepsBefore;
        _allSteps = allSteps;
        // What came after the checkpoint will be done again.
        File.WriteAllLines(path, Read(path).Where(entry => entry.Step <= stepsBefore + completedSteps).Select(Line).ToList());
    }

    /// <summary>What a run has written.</summary>
    public static IReadOnlyList<(long Step, string Name, double Value)> Read(string path) => !File.Exists(path)
        ? []
        : [.. File.ReadLines(path).Select(line => line.Split(',')).Where(parts => parts.Length == 3).Select(parts =>
            (long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], double.Parse(parts[2], CultureInfo.InvariantCulture)))];

    /// <summary>Writes a value.</summary>
    public void Add(long step, string name, double value) => File.AppendAllLines(_path, [Line((step, name, value))]);

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        _losses.Add(value.Loss);
        _rates.Add(value.PairsPerSecond);
        if (value.Step % StepsPerLine != 0 && value.Step != value.TotalSteps)
            return;
        var (loss, pairsPerSecond) = (_losses.Average(), _rates.Count / _rates.Sum(rate => 1 / rate));
        var step = _stepsBefore + value.Step;
        Add(step, "loss", loss);
        Add(step, "pairs per second", pairsPerSecond);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"step {step,5} of {_allSteps}  loss {loss:F3}  logit scale {value.LogitScale:F1}  gradient {value.GradientNorm:F2}  {pairsPerSecond:F0} pairs/s"));
        _losses.Clear();
        _rates.Clear();
    }

    private static string Line((long Step, string Name, double Value) entry) =>
        string.Create(CultureInfo.InvariantCulture, $"{entry.Step},{entry.Name},{entry.Value:G6}");
}
