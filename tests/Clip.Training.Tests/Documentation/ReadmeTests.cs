using Clip.Losses;
using Clip.Training.Checkpoints;
using Clip.Training.Data;
using Clip.Training.Monitoring;
using Clip.Training.Optimization;
using Clip.Training.Schedules;
using Clip.Training.Steps;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Documentation;

public sealed class ReadmeTests
{
    private const string Here = "tests/Clip.Training.Tests/Documentation/ReadmeTests.cs";

    [Fact]
    public void PackageReadme_Program_RunsAndPrintsWhatItSays()
    {
        ReadmeProgram.Verify("src/Clip.Training/README.md", Here, () =>
        {
            // <src/Clip.Training/README.md>
            manual_seed(0);
            var transformer = new TransformerConfig { Width = 64, Layers = 2, Heads = 1, Activation = Activation.Gelu };
            using var network = new DualEncoder(new DualEncoderConfig
            {
                EmbeddingSize = 32,
                Image = new VisionTransformerConfig { Resolution = 32, PatchSize = 8, Transformer = transformer },
                Text = new ClipTextConfig { ContextLength = 8, VocabularySize = 100, Transformer = transformer },
            });
            using var images = randn(32, 3, 32, 32);                          // noise, to learn by heart
            using var tokens = randint(1, 100, [32, 8], int64);

            using var loss = new ClipLoss();
            using var optimizer = new AdamWOptimizer(ParameterGroups.Of(network, weightDecay: 0.2, WeightDecayRule.ExceptGainsAndBiases));
            var schedule = new CosineSchedule(PeakRate: 2e-3, WarmupSteps: 5, TotalSteps: 40);
            for (var step = 0; step < 40; step++)
            {
                // The gradient of all 32 pairs in the memory of 8.
                using var value = GradientCache.Backward(network, loss, images, tokens, microBatch: 8, seed: step);
                optimizer.Step(schedule.GetRate(step));
                optimizer.ZeroGradients();
                network.ClampLogitScale();
                if (step % 39 == 0)
                    Console.WriteLine($"Loss {value.item<float>():F1}");
            }
            // </src/Clip.Training/README.md>
        });
    }

    [Fact]
    public void Guide_Program_RunsAndPrintsWhatItSays()
    {
        var config = TinyConfig.VisionTransformer;
        using var network = TinyConfig.Create(config);
        using IPairSource pairs = new SyntheticPairs(config), heldOut = new SyntheticPairs(config, seed: 9);
        ReadmeProgram.Verify("docs/training.md", Here, () =>
        {
            // <docs/training.md>
            static void Train(DualEncoder network, IPairSource pairs, IPairSource heldOut)
            {
                var evaluation = new RetrievalEvaluation(heldOut, count: 100);
                using var trainer = new Trainer(network, new TrainerOptions
                {
                    Steps = 20,
                    BatchSize = 64,
                    MicroBatch = 16,
                    Schedule = new CosineSchedule(PeakRate: 1e-3, WarmupSteps: 5, TotalSteps: 20),
                    EvaluateEverySteps = 10,
                    Checkpoints = new CheckpointOptions { Folder = "run", EverySteps = 10, BestMetric = "text_to_image_R@1" },
                })
                {
                    Evaluate = evaluation.Measure,
                };
                trainer.TryResume();
                var metrics = trainer.Run(pairs);
                Console.WriteLine(string.Join(" ", metrics.Keys));
                Console.WriteLine(Path.GetFileName(TrainingCheckpoint.FindLatest("run")!.Path));
            }
            // </docs/training.md>
            Train(network, pairs, heldOut);
        });
    }
}
