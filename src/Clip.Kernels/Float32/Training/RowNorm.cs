using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>A layer norm that keeps what its backward pass needs: of each row the mean, and the inverse of the deviation.</summary>
/// <remarks>Source: Ba et al. 2016, section 3.</remarks>
/// <param name="width">Channels, W.</param>
/// <param name="gain">[W].</param>
/// <param name="bias">[W].</param>
/// <param name="epsilon">What is added to the variance.</param>
/// <param name="input">What is normed, [rows, W].</param>
/// <param name="statistics">Mean and inverse deviation of each row, [rows, 2].</param>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct RowNorm<TSimd, TVector>(nint width, float* gain, float* bias, double epsilon, float* input, float* statistics) : IRows
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Rows whose gradients of gain and bias are added up in float32; beyond them it is float64, for these sums cancel.</summary>
    public const int RowsPerSum = 8;

    private const int ChannelsAtOnce = 64;

    private nint Vectors => width / TSimd.Lanes * TSimd.Lanes;

    /// <summary>Norms rows.</summary>
    /// <param name="rows">Which.</param>
    /// <param name="output">[rows, W].</param>
    public void Compute(WorkRange rows, float* output)
    {
        for (var row = rows.First; row < rows.End; row++)
        {
            Measure(input + row * width, statistics + 2 * row);
            Get(row, output + row * width);
        }
    }

    /// <summary>Norms a row that has been measured.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float* Get(nint row, float* buffer)
    {
        var x = input + row * width;
        var (mean, scale) = (statistics[2 * row], statistics[2 * row + 1]);
        var (means, scales) = (TSimd.Broadcast(mean), TSimd.Broadcast(scale));
        for (nint i = 0; i < Vectors; i += TSimd.Lanes)
        {
            var normed = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + i), means), scales);
            TSimd.Store(TSimd.MultiplyAdd(normed, TSimd.Load(gain + i), TSimd.Load(bias + i)), buffer + i);
        }
        for (var i = Vectors; i < width; i++)
            buffer[i] = MathF.FusedMultiplyAdd((x[i] - mean) * scale, gain[i], bias[i]);
        return buffer;
    }

    /// <summary>Elements that <see cref="SendBack"/> needs for sums.</summary>
    public static nint SumsLength(nint rows, nint width) => (rows + RowsPerSum - 1) / RowsPerSum * 2 * width;

    /// <summary>Computes gradients of the input, and sums of those of gain and bias over few rows each; every thread some rows.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="gradients">Of the output, [rows, W].</param>
    /// <param name="addends">Added to the result, [rows, W]; may be the result.</param>
    /// <param name="result">Gradients of the input, [rows, W].</param>
    /// <param name="sums">Receives the sums, [rows / <see cref="RowsPerSum"/>, 2, W].</param>
    public void SendBack(ThreadTeam team, nint rows, float* gradients, float* addends, float* result, float* sums)
    {
        foreach (var chunk in team.Chunks((rows + RowsPerSum - 1) / RowsPerSum, least: 4))
        {
            for (var part = chunk.First; part < chunk.End; part++)
            {
                var sum = sums + part * 2 * width;
                new Span<float>(sum, checked((int)(2 * width))).Clear();
                for (var row = part * RowsPerSum; row < nint.Min(rows, (part + 1) * RowsPerSum); row++)
                    SendRowBack(row, gradients + row * width, addends + row * width, result + row * width, sum, sum + width);
            }
        }
    }

    /// <summary>The same where nothing is added to the result.</summary>
    /// <inheritdoc cref="SendBack"/>
    public void SendBackAlone(ThreadTeam team, nint rows, float* gradients, float* result, float* sums)
    {
        var own = team.Share(rows);
        new Span<float>(result + own.First * width, checked((int)(own.Count * width))).Clear();
        team.Barrier();
        SendBack(team, rows, gradients, result, result, sums);
    }

    /// <summary>Adds up the sums of <see cref="SendBack"/>; every thread some channels.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="rows">How many rows there were.</param>
    /// <param name="sums">Their sums.</param>
    /// <param name="gainGradient">Where gradients of the gain go; none where they are not wanted.</param>
    /// <param name="biasGradient">The same of the bias.</param>
    public void AddSums(ThreadTeam team, nint rows, float* sums, GradientTarget gainGradient, GradientTarget biasGradient)
    {
        var parts = (rows + RowsPerSum - 1) / RowsPerSum;
        foreach (var (target, first) in ((GradientTarget, nint)[])[(gainGradient, 0), (biasGradient, width)])
        {
            if (!target.IsWanted)
                continue;
            var channels = team.Share(width);
            for (var channel = channels.First; channel < channels.End; channel += ChannelsAtOnce)
                AddSums(parts, (int)nint.Min(ChannelsAtOnce, channels.End - channel), sums + first + channel, target.Elements + channel, target.Accumulates);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddSums(nint parts, int count, float* sums, float* target, bool accumulates)
    {
        var all = stackalloc double[ChannelsAtOnce];
        for (var i = 0; i < count; i++)
            all[i] = accumulates ? target[i] : 0;
        for (nint part = 0; part < parts; part++, sums += 2 * width)
        {
            for (var i = 0; i < count; i++)
                all[i] += sums[i];
        }
        for (var i = 0; i < count; i++)
            target[i] = (float)all[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Measure(float* x, float* statistic)
    {
        var sums = default(TVector);
        for (nint i = 0; i < Vectors; i += TSimd.Lanes)
            sums = TSimd.Add(sums, TSimd.Load(x + i));
        var sum = TSimd.Sum(sums);
        for (var i = Vectors; i < width; i++)
            sum += x[i];
        var mean = sum / width;

        var means = TSimd.Broadcast(mean);
        var squares = default(TVector);
        for (nint i = 0; i < Vectors; i += TSimd.Lanes)
        {
            var difference = TSimd.Subtract(TSimd.Load(x + i), means);
            squares = TSimd.MultiplyAdd(difference, difference, squares);
        }
        var square = TSimd.Sum(squares);
        for (var i = Vectors; i < width; i++)
            square += (x[i] - mean) * (x[i] - mean);
        (statistic[0], statistic[1]) = (mean, (float)(1 / Math.Sqrt(square / width + epsilon)));
    }

    // With n = (x - mean) · scale and g = gradient · gain: scale · (g - mean(g) - n · mean(g · n)).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SendRowBack(nint row, float* gradient, float* addend, float* result, float* gainSum, float* biasSum)
    {
        var x = input + row * width;
        var (mean, scale) = (statistics[2 * row], statistics[2 * row + 1]);
        var (means, scales) = (TSimd.Broadcast(mean), TSimd.Broadcast(scale));
        var (all, along) = (default(TVector), default(TVector));
        for (nint i = 0; i < Vectors; i += TSimd.Lanes)
        {
            var normed = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + i), means), scales);
            var from = TSimd.Load(gradient + i);
            TSimd.Store(TSimd.MultiplyAdd(from, normed, TSimd.Load(gainSum + i)), gainSum + i);
            TSimd.Store(TSimd.Add(from, TSimd.Load(biasSum + i)), biasSum + i);
            var scaled = TSimd.Multiply(from, TSimd.Load(gain + i));
            all = TSimd.Add(all, scaled);
            along = TSimd.MultiplyAdd(scaled, normed, along);
        }
        var (sum, sumAlong) = (TSimd.Sum(all), TSimd.Sum(along));
        for (var i = Vectors; i < width; i++)
        {
            var normed = (x[i] - mean) * scale;
            gainSum[i] += gradient[i] * normed;
            biasSum[i] += gradient[i];
            sum += gradient[i] * gain[i];
            sumAlong += gradient[i] * gain[i] * normed;
        }

        var (average, averageAlong) = (sum / width, sumAlong / width);
        var (averages, averagesAlong) = (TSimd.Broadcast(average), TSimd.Broadcast(-averageAlong));
        for (nint i = 0; i < Vectors; i += TSimd.Lanes)
        {
            var normed = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + i), means), scales);
            var scaled = TSimd.Subtract(TSimd.Multiply(TSimd.Load(gradient + i), TSimd.Load(gain + i)), averages);
            TSimd.Store(TSimd.MultiplyAdd(TSimd.MultiplyAdd(normed, averagesAlong, scaled), scales, TSimd.Load(addend + i)), result + i);
        }
        for (var i = Vectors; i < width; i++)
            result[i] = (gradient[i] * gain[i] - average - (x[i] - mean) * scale * averageAlong) * scale + addend[i];
    }
}
