using Clip.Checkpoints.Tests.Support;
using Clip.Fuzz.Mutation;

namespace Clip.Fuzz.Targets;

/// <summary>Every form of checkpoint.</summary>
internal static class CheckpointTargets
{
    /// <summary>The targets.</summary>
    public static IEnumerable<FuzzTarget> All() =>
    [
        new CheckpointTarget("checkpoint-safetensors", new SafetensorsMutator(), OfCheckpoints("zoo.safetensors", "zoo_header_order.safetensors", "zoo_unaligned_header.safetensors")),
        new CheckpointTarget("checkpoint-zip", new ZipMutator(), OfCheckpoints("zoo_tensors_zip.pt", "zoo_tensors_zip_proto4.pt", "zoo_python_objects.pt")),
        new CheckpointTarget("checkpoint-torchscript", new ZipMutator(), TorchScript()),
        new CheckpointTarget("checkpoint-legacy", new PickleMutator(), OfCheckpoints("zoo_tensors_legacy.pt", "zoo_python_objects_legacy.pt")),
        new CheckpointTarget("checkpoint-index", new JsonMutator(), Index()),
    ];

    private static Seed[] OfCheckpoints(params IEnumerable<string> names) => [.. names.Select(name => Seed.OfFixture($"checkpoints/{name}"))];

    private static Seed TorchScript()
    {
        var pickle = PickleBytes.Proto().Global("__torch__.model", "Net").EmptyTuple().NewObj().EmptyDict().Mark()
            .Text("w").BinPut(0).Tensor("FloatStorage", "0", 4, 1, [1, 2], [2, 1])
            .Text("v").Tensor("FloatStorage", "0", 4, 0, [4], [1])
            .Text("list").EmptyList().BinPut(1).Mark().Int(5).BinGet(0).Ints(1, 2, 3).Raw((byte)'e')
            .SetItems().Build().Stop();
        return new Seed("model.pt", TorchArchive.From(pickle, isTorchScript: true, ("0", new byte[16])));
    }

    private static Seed Index() =>
        new("model.safetensors.index.json", [.. """{"metadata": {"total_size": 16}, "weight_map": {"a": "s1.safetensors", "b": "s1.safetensors"}}"""u8]);
}
