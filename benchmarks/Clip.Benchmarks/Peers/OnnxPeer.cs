using Microsoft.ML.OnnxRuntime;

namespace Clip.Benchmarks.Peers;

/// <summary>A graph in ONNX Runtime with its input at hand: all optimizations, as many threads as libtorch has.</summary>
internal sealed class OnnxPeer : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputNames;
    private readonly OrtValue[] _inputs;

    private OnnxPeer(Func<SessionOptions, InferenceSession> open, int threads, OrtValue input)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        _session = open(options);
        _inputNames = [_session.InputNames[0]];
        _inputs = [input];
    }

    /// <summary>The library's version.</summary>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>Creates a session of a graph with one input.</summary>
    /// <param name="path">The graph.</param>
    /// <param name="threads">Threads that share the work of an operator.</param>
    /// <param name="values">The input's numbers; they stay the caller's array.</param>
    /// <param name="shape">The input's shape.</param>
    public static OnnxPeer Create<T>(string path, int threads, T[] values, params long[] shape)
        where T : unmanaged =>
        new(options => new InferenceSession(path, options), threads, OrtValue.CreateTensorValueFromMemory(values, shape));

    /// <summary>Creates a session of a graph in memory.</summary>
    /// <param name="graph">The content of its file.</param>
    /// <param name="threads">Threads that share the work of an operator.</param>
    /// <param name="values">The input's numbers; they stay the caller's array.</param>
    /// <param name="shape">The input's shape.</param>
    public static OnnxPeer Create<T>(byte[] graph, int threads, T[] values, params long[] shape)
        where T : unmanaged =>
        new(options => new InferenceSession(graph, options), threads, OrtValue.CreateTensorValueFromMemory(values, shape));

    /// <summary>Runs the graph.</summary>
    public void Run()
    {
        using var outputs = _session.Run(_runOptions, _inputNames, _inputs, _session.OutputNames);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var input in _inputs)
            input.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
    }
}
