using System.Globalization;
using System.Net.Sockets;

namespace MilterCrypt.Milter.Listening;

/// <summary>The sockets that a service manager opened and handed over to this process (socket activation, sd_listen_fds(3)):
/// connections wait in them while the process is not there, so that a restart refuses none. Owned by the program; what is
/// taken is the taker's.</summary>
public sealed class ActivationSockets
{
    private const int FirstDescriptor = 3; // SD_LISTEN_FDS_START
    private const int MostDescriptors = 1000;
    private const string ProcessVariable = "LISTEN_PID";
    private const string CountVariable = "LISTEN_FDS";
    private const string NamesVariable = "LISTEN_FDNAMES";

    private readonly List<(string Name, int Descriptor)> left;
    private readonly string? whyNone;

    private ActivationSockets(List<(string Name, int Descriptor)> handedOver, string? whyNone)
    {
        left = handedOver;
        this.whyNone = whyNone;
    }

    /// <summary>The names that nobody has taken, each once.</summary>
    public IEnumerable<string> Untaken => left.Select(socket => socket.Name).Distinct();

    /// <summary>Takes note of what was handed over, and takes it out of the environment: neither the variables nor the
    /// sockets are for programs that this one may start. To be called once, at the start.</summary>
    public static ActivationSockets FromEnvironment()
    {
        var found = Read(
            Environment.GetEnvironmentVariable(ProcessVariable),
            Environment.GetEnvironmentVariable(CountVariable),
            Environment.GetEnvironmentVariable(NamesVariable),
            Environment.ProcessId);
        foreach (string variable in (string[])[ProcessVariable, CountVariable, NamesVariable])
            Environment.SetEnvironmentVariable(variable, null);
        foreach (var (_, descriptor) in found.left)
            LibC.KeepFromChildren(descriptor);
        return found;
    }

    /// <summary>Takes all sockets of a name.</summary>
    /// <exception cref="MilterListenException">There is none, or one that no MTA can connect to; the message says why.</exception>
    public IReadOnlyList<MilterListenSocket> Take(MilterEndpoint.Systemd endpoint)
    {
        var wanted = left.Where(socket => socket.Name == endpoint.Name).ToList();
        if (wanted.Count == 0)
        {
            string why = whyNone ?? (left.Count == 0
                ? "all sockets that were handed over are in use already"
                : $"no socket of that name was handed over; there are: {string.Join(", ", Untaken)}");
            throw new MilterListenException($"Can't listen on {endpoint}: {why}.", null);
        }

        left.RemoveAll(wanted.Contains);
        return [.. wanted.Select(socket => Adopt(endpoint, socket.Descriptor))];
    }

    /// <summary>Reads the variables.</summary>
    /// <param name="process">LISTEN_PID: for whom the sockets are.</param>
    /// <param name="count">LISTEN_FDS: how many there are.</param>
    /// <param name="names">LISTEN_FDNAMES: their names with colons between; may be missing.</param>
    /// <param name="ourselves">This process.</param>
    internal static ActivationSockets Read(string? process, string? count, string? names, int ourselves)
    {
        if (string.IsNullOrEmpty(process) || string.IsNullOrEmpty(count))
            return None($"no sockets were handed over ({(string.IsNullOrEmpty(process) ? ProcessVariable : CountVariable)} is not set): is the .socket unit started?");
        if (!int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int owner))
            return None($"{ProcessVariable} is no process, but '{process}'");
        if (owner != ourselves)
            return None(string.Create(CultureInfo.InvariantCulture, $"the sockets are for process {owner} ({ProcessVariable}), and this is {ourselves}: was it started by another program in between?"));
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is 0 or > MostDescriptors)
            return None($"{CountVariable} is no number of sockets, but '{count}'");

        string[] known = string.IsNullOrEmpty(names) ? [] : names.Split(':');
        if (known.Length != 0 && known.Length != number)
            return None(string.Create(CultureInfo.InvariantCulture, $"{NamesVariable} has {known.Length} names for {number} sockets"));
        // sd_listen_fds_with_names(3) calls a socket so that came without a name.
        return new ActivationSockets(
            [.. Enumerable.Range(0, number).Select(i => (known.Length == 0 ? "unknown" : known[i], FirstDescriptor + i))], null);
    }

    private static ActivationSockets None(string why) => new([], why);

    private static MilterListenSocket Adopt(MilterEndpoint.Systemd endpoint, int descriptor)
    {
        MilterListenException Wrong(string what, Exception? cause) =>
            new(string.Create(CultureInfo.InvariantCulture, $"Can't listen on {endpoint}: file descriptor {descriptor} is {what}."), cause);

        Socket socket;
        bool listens;
        try
        {
            socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
            listens = socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection) is 1;
        }
        catch (Exception none) when (none is SocketException or ArgumentException)
        {
            throw Wrong("no socket", none);
        }

        if (socket.AddressFamily is not (AddressFamily.Unix or AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
            throw Wrong("neither a Unix nor an Internet socket", null);
        if (socket.SocketType != SocketType.Stream)
            throw Wrong("no stream socket; the unit needs ListenStream=", null);
        if (!listens)
            throw Wrong("no listening socket; the unit needs Accept=no", null);
        // What may wait was the unit's to say: the kernel's own limit (somaxconn) is all that is left.
        return new MilterListenSocket(endpoint, socket, backlog: int.MaxValue);
    }
}
