using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MilterCrypt.Milter.Listening;

/// <summary>How a program that has a host gets a filter into it.</summary>
public static class HostMilterExtensions
{
    /// <summary>Adds a filter that serves MTAs from the host's start to its stop, with the defaults.</summary>
    /// <typeparam name="TFilter">The filter; one is made by the host, with what its constructor asks for.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="endpoint">Where it listens. More than one can be added, each with a filter type or an address of its own.</param>
    public static IServiceCollection AddMilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>(
        this IServiceCollection services, MilterEndpoint endpoint)
        where TFilter : class, IMailFilter => services.AddMilter<TFilter>(endpoint, new MilterServerOptions());

    /// <summary>Adds a filter that serves MTAs from the host's start to its stop. An address that can't be had ends the start
    /// with a <see cref="MilterListenException"/>.</summary>
    /// <typeparam name="TFilter">The filter; one is made by the host, with what its constructor asks for.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="options">What to work with. The host's log takes the place of <see cref="MilterServerOptions.Loggers"/>.</param>
    public static IServiceCollection AddMilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>(
        this IServiceCollection services, MilterEndpoint endpoint, MilterServerOptions options)
        where TFilter : class, IMailFilter
    {
        services.TryAddSingleton<TFilter>();
        // A host that loses patience first would leave messages to the MTA's own error action.
        services.Configure<HostOptions>(host => host.ShutdownTimeout =
            host.ShutdownTimeout > options.Sessions.LongestStop ? host.ShutdownTimeout : options.Sessions.LongestStop);
        return services.AddSingleton<IHostedService>(provider => new MilterService(
            endpoint,
            provider.GetRequiredService<TFilter>(),
            options with { Loggers = provider.GetRequiredService<ILoggerFactory>() }));
    }
}
