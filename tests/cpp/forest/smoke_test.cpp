// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include "plantwright/core/random.hpp"
#include "plantwright/forest/random_forest.hpp"
namespace plantwright { namespace {
TEST(RandomForestRegressor, FitsAnExactTreeWithoutBootstrap) {
    RandomStream r(1,0,Purpose::noise); Matrix X(500,5); Vector y(500);
    for (Index i=0;i<500;++i){ for(Index j=0;j<5;++j) X(i,j)=r.normal(); y[i]=X(i,0)*X(i,1)+X(i,2);}
    const auto f=RandomForestRegressor::fit(X.view(), y, {.n_estimators=3,.bootstrap=false});
    const auto p=f.predict(X.view()); for(Index i=0;i<500;++i) EXPECT_DOUBLE_EQ(p[i],y[i]);
    f.validate();
    const auto g=RandomForestRegressor::fit(X.view(), y, {.n_estimators=100,.oob_score=true,.random_state=3,.n_jobs=2});
    EXPECT_GT(g.oob_score(), 0.6);
}
}}
