using Training.Shared;

namespace Emoji.Training;

/// <summary>Every emoji once, in an order that chance makes, again and again in other orders.</summary>
/// <param name="emoji">The emoji.</param>
/// <param name="seed">Fixes the orders.</param>
internal sealed class EmojiOrder(int[] emoji, long seed)
{
    private readonly int[] _order = [.. emoji];
    private long _round = -1;

    /// <summary>The emoji at a place of all rounds; fast where places come in order.</summary>
    public int this[long place]
    {
        get
        {
            if (place / emoji.Length != _round)
                Shuffle(_round = place / emoji.Length);
            return _order[place % emoji.Length];
        }
    }

    private void Shuffle(long round)
    {
        emoji.CopyTo(_order, 0);
        var random = new IndexedRandom(seed, -1 - round);
        for (var last = _order.Length - 1; last > 0; last--)
        {
            var other = random.Below(last + 1);
            (_order[last], _order[other]) = (_order[other], _order[last]);
        }
    }
}
