using System.Diagnostics.CodeAnalysis;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>The questions that wait for a worker. Connections take turns, question by question, so that one that asks a thousand
/// holds up another by one of them.</summary>
internal sealed class WorkQueue
{
    private readonly object gate = new();
    private readonly Queue<ServerConnection> turns = new();
    private int idle;
    private bool isClosed;

    /// <summary>Adds questions of a connection.</summary>
    public void Add(ServerConnection connection, List<ServerConnection.Question> questions)
    {
        if (questions.Count == 0)
            return;
        lock (gate)
        {
            if (connection.Waiting.Count == 0)
                turns.Enqueue(connection);
            foreach (var question in questions)
                connection.Waiting.Enqueue(question);
            for (int wanted = Math.Min(idle, questions.Count); wanted > 0; wanted--)
                Monitor.Pulse(gate);
        }
    }

    /// <summary>Takes the next question.</summary>
    /// <param name="wait">Whether to wait for one.</param>
    /// <param name="connection">Whose it is.</param>
    /// <param name="question">The question.</param>
    /// <returns>False where there is none; after waiting, because there will be none.</returns>
    public bool TryTake(bool wait, [NotNullWhen(true)] out ServerConnection? connection, out ServerConnection.Question question)
    {
        lock (gate)
        {
            while (!turns.TryDequeue(out connection))
            {
                question = default;
                if (!wait || isClosed)
                    return false;
                idle++;
                Monitor.Wait(gate);
                idle--;
            }

            question = connection.Waiting.Dequeue();
            if (connection.Waiting.Count > 0)
                turns.Enqueue(connection);
            return true;
        }
    }

    /// <summary>Lets the workers go, once there is nothing left.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.PulseAll(gate);
        }
    }
}
