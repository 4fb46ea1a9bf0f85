// SPDX-License-Identifier: MIT
#include "forest/node_tasks.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr int kLeastTaskRows = 4096;           // some milliseconds
constexpr int kTasksPerThread = 16;            // so that the last ones end together
constexpr std::chrono::milliseconds kNap{20};  // of a thread without a task, until it looks whether it must stop

/// A part of a tree: a node with two pieces below, or all that grew below a smaller one.
struct Piece {
    Piece* left = nullptr;
    Piece* right = nullptr;
    Split split = {};
    GrownTree below = {};
};

struct GrowingTree {
    TreeSample sample;
    GrowingRows rows;
    Piece* root = nullptr;
    int n_open = 1;  // tasks that are not done
};

struct Task {
    std::size_t tree = 0;
    Piece* piece = nullptr;  // null: the tree is not begun
    CodeGrower::Pending node = {};

    bool operator<(const Task& other) const { return node.size() < other.node.size(); }
};

class NodeTasks {
public:
    NodeTasks(const TrainingData& data, const GrowSettings& settings, ProgressMonitor& monitor, int n_threads,
              const std::vector<TreeRequest>& requests, const std::function<void(std::size_t, GrownTree&)>& done)
        : data_(data), settings_(settings), monitor_(monitor), n_threads_(n_threads), requests_(requests), done_(done),
          trees_(requests.size()), n_open_(requests.size()) {
        for (std::size_t i = requests.size(); i-- > 0;) tasks_.push_back({.tree = i});
    }

    void run() {
        parallel_for(n_threads_, n_threads_, [&](Index, int) {
            try {
                work();
            } catch (...) {
                const std::scoped_lock lock(mutex_);
                failed_ = true;
                changed_.notify_all();
                throw;
            }
        });
    }

private:
    void work() {
        CodeGrower grower(data_, settings_, monitor_);
        Task task;
        while (next(task)) {
            if (task.piece == nullptr)
                begin(grower, task);
            else
                grow(grower, task);
            end(task);
        }
    }

    /// False once all trees are grown, or a thread has failed.
    bool next(Task& task) {
        std::unique_lock lock(mutex_);
        while (tasks_.empty() && n_open_ > 0 && !failed_) {
            changed_.wait_for(lock, kNap);
            lock.unlock();
            monitor_.poll();
            lock.lock();
        }
        if (failed_ || n_open_ == 0) return false;
        std::pop_heap(tasks_.begin(), tasks_.end());
        task = tasks_.back();
        tasks_.pop_back();
        return true;
    }

    void begin(CodeGrower& grower, const Task& task) {
        GrowingTree& tree = trees_[task.tree];
        tree.sample = requests_[task.tree].sample();
        const CodeGrower::Pending root = grower.start(tree.sample, requests_[task.tree].key, tree.rows);
        const std::scoped_lock lock(mutex_);
        tree.root = &pieces_.emplace_back();
        add({task.tree, tree.root, root});
    }

    void grow(CodeGrower& grower, const Task& task) {
        GrowingTree& tree = trees_[task.tree];
        CodeGrower::Candidate candidate;
        if (task.node.size() <= task_rows(tree) || !grower.part(tree.rows, task.node, candidate)) {
            task.piece->below = grower.grow_below(tree.rows, task.node);
            return;
        }
        task.piece->split = grower.split_at(candidate.parting);
        const std::scoped_lock lock(mutex_);
        task.piece->left = &pieces_.emplace_back();
        task.piece->right = &pieces_.emplace_back();
        add({task.tree, task.piece->left, grower.left_child(candidate)});
        add({task.tree, task.piece->right, grower.right_child(candidate)});
    }

    int task_rows(const GrowingTree& tree) const {
        return std::max(kLeastTaskRows, static_cast<int>(tree.sample.rows.size()) / (kTasksPerThread * n_threads_));
    }

    void add(const Task& task) {
        ++trees_[task.tree].n_open;
        tasks_.push_back(task);
        std::push_heap(tasks_.begin(), tasks_.end());
        changed_.notify_one();
    }

    void end(const Task& task) {
        GrowingTree& tree = trees_[task.tree];
        {
            const std::scoped_lock lock(mutex_);
            if (--tree.n_open > 0) return;
        }
        tree.rows = {};
        tree.sample = {};
        TreeBuilder builder(*data_.target);
        done_(task.tree, join(tree, builder));
        monitor_.advance();
        const std::scoped_lock lock(mutex_);
        if (--n_open_ == 0) changed_.notify_all();
    }

    /// Parents before children, the left one first, as one thread grows them.
    static GrownTree& join(const GrowingTree& tree, TreeBuilder& builder) {
        struct Place {
            Piece* piece;
            std::int32_t parent;
            bool is_left;
        };
        std::vector<Place> stack{{tree.root, TreeBuilder::kNoParent, false}};
        while (!stack.empty()) {
            const Place at = stack.back();
            stack.pop_back();
            if (at.piece->left == nullptr) {
                builder.append(std::exchange(at.piece->below, {}), at.parent, at.is_left);
                continue;
            }
            const std::int32_t node = builder.add(at.parent, at.is_left);
            builder.set_split(node, at.piece->split);
            stack.push_back({at.piece->right, node, false});
            stack.push_back({at.piece->left, node, true});
        }
        return builder.finish();
    }

    const TrainingData& data_;
    const GrowSettings& settings_;
    ProgressMonitor& monitor_;
    int n_threads_;
    const std::vector<TreeRequest>& requests_;
    const std::function<void(std::size_t, GrownTree&)>& done_;
    std::vector<GrowingTree> trees_;

    std::mutex mutex_;  // of what follows, and of trees_[i].n_open
    std::condition_variable changed_;
    std::vector<Task> tasks_;  // a heap: the largest node first
    std::deque<Piece> pieces_;
    std::size_t n_open_;  // trees
    bool failed_ = false;
};

}  // namespace

void grow_by_nodes(const TrainingData& data, const GrowSettings& settings, ProgressMonitor& monitor, int n_threads,
                   const std::vector<TreeRequest>& requests, const std::function<void(std::size_t, GrownTree&)>& done) {
    NodeTasks(data, settings, monitor, n_threads, requests, done).run();
}

}  // namespace plantwright
