namespace MilterCrypt.Engine.Injection;

/// <summary>Brings messages back to the MTA by SMTP, over not too many connections at a time. One for each configuration; usable
/// from several threads. It holds no connection itself.</summary>
public sealed class SmtpInjector
{
    private readonly InjectionOptions options;
    private readonly ConnectionPlaces places;

    /// <exception cref="ArgumentException">There is no connection, or the name would not fit into a command.</exception>
    public SmtpInjector(InjectionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, 1);
        if (options.HeloName.Length is 0 or > 255 || options.HeloName.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException($"\"{options.HeloName}\" can't be said in EHLO.", nameof(options));
        this.options = options;
        places = new ConnectionPlaces(options.MaxConnections);
    }

    /// <summary>The most connections that a message may ask for.</summary>
    public int MaxConnections => options.MaxConnections;

    /// <summary>Waits for as many connections as a message needs, and gets all of them at once: two messages that had half of
    /// theirs each would wait for each other for ever. Who asked first is served first, so that a message that needs
    /// many is not overtaken again and again by those that need few.</summary>
    /// <param name="count">How many, at least one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The right to them; null where there are never that many.</returns>
    public async ValueTask<InjectionLease?> ReserveAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count > options.MaxConnections)
            return null;
        await places.TakeAsync(count, cancellationToken);
        return new InjectionLease(options, places, count);
    }
}
