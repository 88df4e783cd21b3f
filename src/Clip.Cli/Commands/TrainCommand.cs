using System.Collections.Immutable;
using System.CommandLine;
using Clip.Cli.Options;
using Clip.Cli.Training;
using Clip.Models;
using Clip.Training;
using Clip.Training.Checkpoints;
using Clip.Training.Data;
using Clip.Training.Monitoring;

namespace Clip.Cli.Commands;

/// <summary>Trains a model on images with captions, fresh or fine-tuned, in runs that can be stopped and resumed.</summary>
internal sealed class TrainCommand : ToolCommand
{
    private readonly PairDataOptions _data = new();

    private readonly StartModelOptions _model = new();

    private readonly TrainerSettings _trainer = new();

    private readonly Option<string?> _output = Values.Text("--output", "The folder of the run: checkpoints, and at the end the model in its folder 'model'.", "FOLDER");

    private readonly Option<string?> _optionsFile = Values.Text("--options", "A file of options, a line 'name = value' for each; those of the command line go before.", "FILE");

    private readonly Option<bool> _resume = new("--resume") { Description = "Continue the run in --output, with the options that it was begun with." };

    private readonly Option<bool> _allowChanges = new("--allow-changes") { Description = "With --resume: continue with other options or other data." };

    private readonly Option<int?> _reportEvery = Values.Whole("--report-every", "Steps between lines of the report.", 1, int.MaxValue, fallback: 10);

    private readonly Option<string?> _distributed = Values.Choice(
        "--distributed", "Train with the other processes of a launcher (mpirun, mpiexec, srun) as one. auto: by MPI where there are several.", "auto", "auto", "mpi", "nccl", "none");

    private readonly SettingsCommandLine _settings;

    public TrainCommand(ToolConsole console)
        : base("train", "Train a model on images with captions, or fine-tune one.", console)
    {
        foreach (var option in (IEnumerable<Option>)[.. _data.All, .. _model.Model, _output, _optionsFile, _resume, _allowChanges, .. _trainer.All, _reportEvery, _distributed])
            Options.Add(option);
        _model.AddRestTo(this);
        _settings = new SettingsCommandLine(this, _optionsFile, _resume, _allowChanges);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip train --init ViT-B/32 --data captions.csv --output run --steps 2000 --batch-size 256 --micro-batch 32",
        "clip train --init ViT-B/32 --data flowers/train --templates imagenet --lora 8 --output run --steps 500",
        "clip train --preset ViT-B/32 --vocabulary ./vocabulary --data \"shards/{000..123}.tar\" --options b32.txt --output run",
        "clip train --output run --resume",
        "mpirun -np 4 --bind-to none clip train --init ViT-B/32 --data captions.csv --output run --steps 2000 --batch-size 1024",
    ];

    // A step of a big model and its checkpoint take minutes, and are what Ctrl-C should not lose.
    private static readonly TimeSpan CheckpointPatience = TimeSpan.FromMinutes(30);

    protected override async Task<int> RunAsync(Invocation given)
    {
        using var ranks = TrainingRanks.Start(given.Get(_distributed), () => FindOutput(Chosen(given)));
        try
        {
            return await RunAsync(ranks.Of(given), ranks);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            ranks.Fail(e);
            throw;
        }
    }

    private async Task<int> RunAsync(Invocation given, TrainingRanks ranks)
    {
        var (invocation, run, settings) = ReadSettings(given, ranks);
        var isResumed = given.Get(_resume);
        if (!isResumed && given.Get(_allowChanges))
            throw new UsageException("--allow-changes needs --resume.");
        var options = _trainer.Create(invocation, run.Path, _model.IsFresh(invocation), _data.HasValidation(invocation));
        _model.Require(invocation, options.Precision);
        var data = await _data.FindAsync(invocation);

        using var model = await _model.LoadAsync(invocation, _trainer.IsSigLip(invocation), options.Seed);
        _trainer.RequireLosses(invocation, model.Network.CanCaption);
        if (options.BatchSize % ranks.WorldSize != 0)
            throw new UsageException($"--batch-size is {options.BatchSize}, which does not divide into {ranks.WorldSize} ranks: it counts the pairs of all together.");
        using var pairs = data.OpenTraining(model, options.Seed, options.BatchSize / ranks.WorldSize, ranks, invocation.Cancelled);
        foreach (var (folder, error) in (pairs as CaptionedImages)?.UnreadableFolders ?? ImmutableDictionary<string, Exception>.Empty)
            given.Unreadable.Add(folder, error);
        var validation = data.OpenValidation(model, ranks.Group, invocation.Cancelled);
        using var heldOut = validation?.Pairs;
        return await TrainAsync(invocation, run, settings, options, model, pairs, validation?.Evaluation, isResumed, given.Get(_allowChanges), ranks);
    }

    // The command line goes before a file, and a file before what the run was begun with.
    private (Invocation Invocation, RunFolder Run, IReadOnlyList<Setting> Settings) ReadSettings(Invocation given, TrainingRanks ranks)
    {
        var chosen = Chosen(given);
        var run = new RunFolder(FindOutput(chosen));
        IReadOnlyList<Setting> begun = [];
        if (!given.Get(_resume))
        {
            if (ranks.IsFirst)
                run.RequireNew();
        }
        else
        {
            run.RequireRun();
            begun = File.Exists(run.Options) ? SettingsFile.Read(run.Options) : [];
            _settings.Require(begun, given);
        }
        var settings = SettingsCommandLine.Join(chosen, begun);
        // A rank's own device is no option of the run.
        IReadOnlyList<Setting> own = ranks.TakeDevice(DeviceOf(chosen), DeviceOf(begun)) is { } device ? [new Setting("device", device, "the rank")] : [];
        return (_settings.Combine(given, SettingsCommandLine.Join(own, settings)), run, settings);
    }

    private static string? DeviceOf(IReadOnlyList<Setting> settings) => settings.LastOrDefault(setting => setting.Name == "device")?.Value;

    // What was chosen now, without what the run was begun with.
    private IReadOnlyList<Setting> Chosen(Invocation given)
    {
        IReadOnlyList<Setting> file = given.Get(_optionsFile) is { } path ? SettingsFile.Read(path) : [];
        _settings.Require(file, given);
        return SettingsCommandLine.Join(_settings.Given(given), file);
    }

    private string FindOutput(IReadOnlyList<Setting> chosen) => chosen.FirstOrDefault(setting => "--" + setting.Name == _output.Name)?.Value
        ?? throw new UsageException("Give --output, the folder of the run.");

    private async Task<int> TrainAsync(
        Invocation invocation, RunFolder run, IReadOnlyList<Setting> settings, TrainerOptions options, StartModel model, IPairSource pairs,
        RetrievalEvaluation? evaluation, bool isResumed, bool allowChanges, TrainingRanks ranks)
    {
        var console = invocation.Console;
        using var patience = console.Interruption.Extend(CheckpointPatience);
        using var loss = _trainer.CreateLoss(invocation, ranks);
        TrainingReport? report = null;
        using var trainer = new Trainer(model.Network, options, loss, ranks.Group)
        {
            Evaluate = evaluation is null ? null : (network, cancelled) =>
            {
                var metrics = evaluation.Measure(network, cancelled);
                report!.Report(report.Last?.Step ?? 0, metrics);
                return metrics;
            },
        };
        if (isResumed && trainer.TryResume(allowChanges))
            console.Report($"'{run.Path}' continues at step {trainer.CompletedSteps} of {options.Steps}.");
        if (ranks.IsFirst)
            run.WriteOptions(settings);

        IReadOnlyDictionary<string, double> metrics;
        try
        {
            metrics = await ProgressDisplay.RunAsync(console, "Training", (Action<double, double, string> bar) =>
            {
                report = new TrainingReport(console, invocation.IsJson, invocation.Get(_reportEvery)!.Value, bar);
                using var told = invocation.Cancelled.Register(() => console.Report("stopping after this step, with a checkpoint; a second signal stops at once."));
                return Task.FromResult(trainer.Run(pairs, report, invocation.Cancelled));
            });
        }
        catch (OperationCanceledException) when (trainer.CompletedSteps > 0)
        {
            console.Report($"'{run.Path}' has a checkpoint of step {trainer.CompletedSteps}; --resume continues it.");
            throw;
        }
        return ranks.IsFirst ? Finish(invocation, run, model, trainer, report!, metrics) : ExitCodes.Ok;
    }

    private static int Finish(Invocation invocation, RunFolder run, StartModel model, Trainer trainer, TrainingReport report, IReadOnlyDictionary<string, double> metrics)
    {
        var notes = new List<string>();
        void Note(string note)
        {
            notes.Add(note);
            invocation.Console.Report(note);
        }
        model.Write(model.Network, run.Model, Note);
        var average = Path.Combine(run.Latest!.Path, TrainingCheckpoint.AverageFolder);
        var hasAverage = Directory.Exists(average);
        if (hasAverage)
        {
            using var averaged = DualEncoder.Load(average);
            model.Write(averaged, run.AverageModel, Note);
        }

        var skipped = report.Last?.SkippedSamples ?? 0;
        if (skipped > 0)
            invocation.Console.Report($"{skipped} samples could not be read and were left out.");
        if (invocation.IsJson)
        {
            Json.WriteLine(invocation.Console.Output, new JsonFields
            {
                ["kind"] = "done",
                ["steps"] = trainer.CompletedSteps,
                ["model"] = run.Model,
                ["averageModel"] = hasAverage ? run.AverageModel : null,
                ["metrics"] = metrics,
                ["skippedSamples"] = skipped,
                ["notes"] = notes,
            });
        }
        else
        {
            invocation.Console.Output.WriteLine($"model\t{PlainText.Show(run.Model)}");
            if (hasAverage)
                invocation.Console.Output.WriteLine($"model-average\t{PlainText.Show(run.AverageModel)}");
        }
        return skipped > 0 ? ExitCodes.SomeLeftOut : ExitCodes.Ok;
    }
}
