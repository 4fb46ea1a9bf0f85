# SPDX-License-Identifier: MIT
"""Extremely randomized trees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike

from plantwright.forest._classifier import ForestClassifier
from plantwright.forest._regressor import ForestRegressor


class ExtraTreesRegressor(ForestRegressor):
    """Extremely randomized trees that predict a number, or several.

    As `RandomForestRegressor`, but every tree is grown on all rows, and a split takes the best of one random threshold
    a feature, drawn uniformly between its least and largest value in the node (Geurts, Ernst & Wehenkel, "Extremely
    randomized trees", Machine Learning 63, 2006). Predictions are smoother, and a fit does not sort.

    Parameters
    ----------
    n_estimators : int, default=100
        Number of trees.
    criterion : {"squared_error", "absolute_error", "poisson"}, default="squared_error"
        What a split minimises.
    max_depth : int or None, default=None
        Deepest level of splits; None grows until leaves are pure or too small.
    min_samples_split : int or float, default=2
        Rows that a node needs to be split; a float is a share of the training rows.
    min_samples_leaf : int or float, default=1
        Rows that each side of a split keeps; a float is a share of the training rows.
    min_weight_fraction_leaf : float, default=0.0
        Share of the total sample weight that each side keeps.
    max_features : {"sqrt", "log2"}, int, float or None, default=1.0
        Features drawn at each split; a float is a share, None and 1.0 are all.
    max_leaf_nodes : int or None, default=None
        Leaves of a tree at most; grown best first.
    min_impurity_decrease : float, default=0.0
        Weighted decrease of impurity that a split must bring.
    bootstrap : bool, default=False
        Draw the rows of each tree with replacement; False gives every tree all rows.
    oob_score : bool or callable, default=False
        Score each row by the trees that did not see it, which takes `bootstrap`: True by R2, a callable by
        ``oob_score(y_true, y_pred)`` over the rows that have an out-of-bag prediction.
    n_jobs : int or None, default=None
        Threads: None is 1, -1 all processors. Never changes the result.
    random_state : int, RandomState or None, default=None
        Seed. An integer gives the same forest everywhere, in C++ too.
    verbose : int, default=0
        Show progress where not 0.
    warm_start : bool, default=False
        Let `fit` keep the trees there are and grow those that `n_estimators` asks for beyond, the same as if grown at
        once.
    ccp_alpha : float, default=0.0
        Prune trees while a subtree's decrease in impurity a leaf is at most this (minimal cost-complexity pruning).
    max_samples : int, float or None, default=None
        Rows drawn per tree, which takes `bootstrap`; None as many as there are.
    monotonic_cst : array-like of int of shape (n_features,) or None, default=None
        By feature 1 where predictions must not decrease with it, -1 where they must not increase, 0 where they may do
        either. Not with "absolute_error" or several outputs.
    category_splits : {"node", "once"}, default="node"
        How category columns of a table are split: "node" by a random subset of the levels in each node; "once" as
        numbers, their levels ordered by the target of all training rows. Levels that a node did not see go with the
        larger child.
    categorical_features : array-like of int, str or bool, or None, default=None
        Features whose numbers name levels (whole numbers from 0 to 65,534, NaN where missing), to be split as with
        "node": places, names, or one bool a feature. Category columns of a table need not be listed.
    quantiles : bool, default=False
        Keep the training targets of every leaf, as ranks of 2 or 4 bytes a row and tree, for `predict_quantiles`. Not
        with several outputs.

    Attributes
    ----------
    feature_importances_ : ndarray of float64, shape (n_features_in_,)
        Mean decrease in impurity, summing to 1.
    oob_score_ : float
        R2 of the out-of-bag predictions (of several outputs the mean of theirs), if `oob_score`.
    oob_prediction_ : ndarray of float64, shape (n_rows,) or (n_rows, n_outputs_)
        Out-of-bag predictions, NaN where every tree saw the row, if `oob_score`.
    n_outputs_ : int
        Targets that were learned together.
    n_features_in_ : int
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Names of the input columns, if fitted on a table.
    estimators_ : list of DecisionTree
        The trees.

    See Also
    --------
    ExtraTreesClassifier : for classes.
    RandomForestRegressor : the best threshold of each feature.

    Notes
    -----
    Features are compared as float32, in `fit` and in `predict`. A forest is refused (`SchemaMismatch`) a table with
    missing, extra or retyped columns or unseen categories; reordered columns are put right. A missing value goes where
    the split gains more. The compiled class and the `type` in a file are those of `RandomForestRegressor`; `load` gives
    this class back.

    References
    ----------
    P. Geurts, D. Ernst, L. Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> X = np.arange(40.0).reshape(20, 2)
    >>> forest = pw.ExtraTreesRegressor(n_estimators=10, random_state=0).fit(X, X[:, 0])
    >>> forest.predict(X[:3]).shape
    (3,)
    """

    _variant = "ExtraTreesRegressor"
    _splitter = "random"

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        criterion: str = "squared_error",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: str | int | float | None = 1.0,
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
        bootstrap: bool = False,
        oob_score: bool | Callable[[Any, Any], float] = False,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        warm_start: bool = False,
        ccp_alpha: float = 0.0,
        max_samples: int | float | None = None,
        monotonic_cst: ArrayLike | None = None,
        category_splits: str = "node",
        categorical_features: ArrayLike | None = None,
        quantiles: bool = False,
    ) -> None:
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.max_leaf_nodes = max_leaf_nodes
        self.min_impurity_decrease = min_impurity_decrease
        self.bootstrap = bootstrap
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start
        self.ccp_alpha = ccp_alpha
        self.max_samples = max_samples
        self.monotonic_cst = monotonic_cst
        self.category_splits = category_splits
        self.categorical_features = categorical_features
        self.quantiles = quantiles


class ExtraTreesClassifier(ForestClassifier):
    """Extremely randomized trees that predict a class and its probability, or one of each of several labels.

    As `RandomForestClassifier`, but every tree is grown on all rows, and a split takes the best of one random threshold
    a feature, drawn uniformly between its least and largest value in the node (Geurts, Ernst & Wehenkel, "Extremely
    randomized trees", Machine Learning 63, 2006). Predictions are smoother, and a fit does not sort.

    Parameters
    ----------
    n_estimators : int, default=100
        Number of trees.
    criterion : {"gini", "entropy", "log_loss"}, default="gini"
        What a split minimises; "log_loss" is another name of "entropy".
    max_depth : int or None, default=None
        Deepest level of splits; None grows until leaves are pure or too small.
    min_samples_split : int or float, default=2
        Rows that a node needs to be split; a float is a share of the training rows.
    min_samples_leaf : int or float, default=1
        Rows that each side of a split keeps; a float is a share of the training rows.
    min_weight_fraction_leaf : float, default=0.0
        Share of the total sample weight that each side keeps.
    max_features : {"sqrt", "log2"}, int, float or None, default="sqrt"
        Features drawn at each split; a float is a share, None is all.
    max_leaf_nodes : int or None, default=None
        Leaves of a tree at most; grown best first.
    min_impurity_decrease : float, default=0.0
        Weighted decrease of impurity that a split must bring.
    bootstrap : bool, default=False
        Draw the rows of each tree with replacement; False gives every tree all rows.
    oob_score : bool or callable, default=False
        Score each row by the trees that did not see it, which takes `bootstrap`: True by accuracy, a callable by
        ``oob_score(y_true, y_pred)`` over the rows that have an out-of-bag prediction (class numbers, as in
        scikit-learn).
    n_jobs : int or None, default=None
        Threads: None is 1, -1 all processors. Never changes the result.
    random_state : int, RandomState or None, default=None
        Seed. An integer gives the same forest everywhere, in C++ too.
    verbose : int, default=0
        Show progress where not 0.
    warm_start : bool, default=False
        Let `fit` keep the trees there are and grow those that `n_estimators` asks for beyond, the same as if grown at
        once.
    class_weight : dict, list of dict, "balanced", "balanced_subsample" or None, default=None
        Weight of each class; "balanced" is inversely proportional to its number of rows, "balanced_subsample" to that
        in each tree's bootstrap sample. With several outputs a list of one dict each, or one of these strings; a row's
        weights are multiplied.
    ccp_alpha : float, default=0.0
        Prune trees while a subtree's decrease in impurity a leaf is at most this (minimal cost-complexity pruning).
    max_samples : int, float or None, default=None
        Rows drawn per tree, which takes `bootstrap`; None as many as there are.
    monotonic_cst : array-like of int of shape (n_features,) or None, default=None
        By feature 1 where the probability of the second class must not decrease with it, -1 where it must not
        increase, 0 where it may do either. Two classes of one output alone.
    category_splits : {"node", "once"}, default="node"
        How category columns of a table are split: "node" by a random subset of the levels in each node; "once" as
        numbers, their levels ordered by the target of all training rows. Levels that a node did not see go with the
        larger child.
    categorical_features : array-like of int, str or bool, or None, default=None
        Features whose numbers name levels (whole numbers from 0 to 65,534, NaN where missing), to be split as with
        "node": places, names, or one bool a feature. Category columns of a table need not be listed.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes_,), or list of ndarray
        The classes, sorted; with several outputs those of each.
    n_classes_ : int or list of int
    n_outputs_ : int
        Labels that were learned together.
    feature_importances_ : ndarray of float64, shape (n_features_in_,)
        Mean decrease in impurity, summing to 1.
    oob_score_ : float
        Accuracy of the out-of-bag predictions (with several outputs all of a row's labels are right), if `oob_score`.
    oob_decision_function_ : ndarray of float64, shape (n_rows, n_classes_) or (n_rows, n_classes_, n_outputs_), or list
        Out-of-bag probabilities, NaN where every tree saw the row, if `oob_score`; a list where outputs have different
        numbers of classes.
    n_features_in_ : int
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Names of the input columns, if fitted on a table.
    estimators_ : list of DecisionTree
        The trees.

    See Also
    --------
    ExtraTreesRegressor : for numbers.
    RandomForestClassifier : the best threshold of each feature.

    Notes
    -----
    Features are compared as float32, in `fit` and in `predict`. A forest is refused (`SchemaMismatch`) a table with
    missing, extra or retyped columns or unseen categories; reordered columns are put right. A missing value goes where
    the split gains more. A tie between classes goes to the first. The compiled class and the `type` in a file are those
    of `RandomForestClassifier`; `load` gives this class back.

    References
    ----------
    P. Geurts, D. Ernst, L. Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> X = np.arange(40.0).reshape(20, 2)
    >>> y = np.where(X[:, 0] < 20, "low", "high")
    >>> forest = pw.ExtraTreesClassifier(n_estimators=10, random_state=0).fit(X, y)
    >>> forest.predict(X[[0, -1]]).tolist()
    ['low', 'high']
    """

    _variant = "ExtraTreesClassifier"
    _splitter = "random"

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        criterion: str = "gini",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: str | int | float | None = "sqrt",
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
        bootstrap: bool = False,
        oob_score: bool | Callable[[Any, Any], float] = False,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        warm_start: bool = False,
        class_weight: dict[Any, float] | list[dict[Any, float]] | str | None = None,
        ccp_alpha: float = 0.0,
        max_samples: int | float | None = None,
        monotonic_cst: ArrayLike | None = None,
        category_splits: str = "node",
        categorical_features: ArrayLike | None = None,
    ) -> None:
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.max_leaf_nodes = max_leaf_nodes
        self.min_impurity_decrease = min_impurity_decrease
        self.bootstrap = bootstrap
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start
        self.class_weight = class_weight
        self.ccp_alpha = ccp_alpha
        self.max_samples = max_samples
        self.monotonic_cst = monotonic_cst
        self.category_splits = category_splits
        self.categorical_features = categorical_features
