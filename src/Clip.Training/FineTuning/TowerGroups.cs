using Clip.Models;

namespace Clip.Training.FineTuning;

/// <summary>Locks the first stages of a tower.</summary>
internal static class TowerGroups
{
    /// <summary>Stops gradients at the locked stages of an image tower, and gives their batch norms.</summary>
    /// <param name="tower">The tower.</param>
    /// <param name="setting">How far it is locked.</param>
    /// <returns>The modules whose statistics must not change.</returns>
    public static IReadOnlyList<nn.Module> Lock(ImageTower tower, TowerLock setting) => Lock(tower, tower.StageOf, tower.StageCount - setting.UnlockedGroups);

    /// <summary>Stops gradients at the locked stages of a text tower.</summary>
    /// <param name="tower">The tower.</param>
    /// <param name="setting">How far it is locked.</param>
    /// <returns>The modules whose statistics must not change.</returns>
    public static IReadOnlyList<nn.Module> Lock(TextTower tower, TowerLock setting) => Lock(tower, tower.StageOf, tower.StageCount - setting.UnlockedGroups);

    private static IReadOnlyList<nn.Module> Lock(nn.Module tower, Func<string, int> stageOf, int locked)
    {
        foreach (var (name, parameter) in tower.named_parameters())
        {
            if (stageOf(name) < locked)
                parameter.requires_grad = false;
        }
        return [.. tower.named_modules()
            .Where(entry => entry.module is BatchNorm && stageOf(entry.name + ".") < locked)
            .Select(entry => entry.module)];
    }
}
