using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace MilterCrypt.Engine.Keys;

/// <summary>A bounded memory of what is asked often, without a clock or a list: two generations, and what was not asked
/// for since the last turn is forgotten. Threads that turn at the same time forget more than they must, no more.</summary>
/// <param name="generation">How much a generation holds; there are two.</param>
/// <param name="comparer">When two keys are the same.</param>
internal sealed class GenerationCache<TKey, TValue>(int generation, IEqualityComparer<TKey> comparer)
    where TKey : notnull
{
    private ConcurrentDictionary<TKey, TValue> recent = new(comparer);
    private ConcurrentDictionary<TKey, TValue> older = new(comparer);

    /// <summary>What is remembered under a key.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (recent.TryGetValue(key, out value))
            return true;
        if (!older.TryGetValue(key, out value))
            return false;
        Put(key, value);
        return true;
    }

    /// <summary>Remembers a value, in place of what was remembered under its key.</summary>
    public void Put(TKey key, TValue value)
    {
        if (recent.Count >= generation)
        {
            older = recent;
            recent = new(comparer);
        }
        recent[key] = value;
    }
}
